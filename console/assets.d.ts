/** Styles are bundled by their import; they have no value. */
declare module '*.css' {}
