/** A free TCP port for a test, from the same source as the product's own. */
export { freePort } from '#embedded/free-port.ts'
