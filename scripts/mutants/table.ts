/** The report of a mutant run as text: by case, what it demands, the tests that name it, each mutant and its verdict. */
import type { CatalogueCase } from '#test/catalogue/case.ts'

import type { Judgement } from './judge.ts'

/** The whole report, with totals as its last line. */
export function reportText(cases: readonly CatalogueCase[], judgements: readonly Judgement[]): string {
  const lines = cases.flatMap((one) =>
    caseLines(
      one,
      judgements.filter(({ caseId }) => caseId === one.id),
    ),
  )
  return [...lines, '', totalsLine(cases, judgements)].join('\n')
}

function caseLines(one: CatalogueCase, judgements: readonly Judgement[]): string[] {
  const head = `${one.id.padEnd(4)} ${one.required}`
  if ('notApplicable' in one) return [head, `     does not apply: ${one.notApplicable}`]
  const titles = [...new Set(judgements.flatMap(({ tests }) => tests))]
  return [head, ...titles.map((title) => `     test     ${title}`), ...judgements.map(mutantLine)]
}

function mutantLine({ name, verdict, ms, mutant, reason }: Judgement): string {
  const change = `${mutant.file}: ${inOneLine(mutant.find)} => ${inOneLine(mutant.replace)}`
  return `     ${verdict.padEnd(8)} ${name} in ${ms} ms, ${change}\n              ${inOneLine(reason)}`
}

function inOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const limit = 100
  return line.length > limit ? `${line.slice(0, limit)}…` : line || '(nothing)'
}

function totalsLine(cases: readonly CatalogueCase[], judgements: readonly Judgement[]): string {
  const count = (verdict: Judgement['verdict']): number => judgements.filter((one) => one.verdict === verdict).length
  const inapplicable = cases.filter((one) => 'notApplicable' in one).length
  return (
    `${cases.length} cases, ${inapplicable} of them not applicable; ` +
    `${judgements.length} mutants: ${count('killed')} killed, ${count('survived')} survived, ${count('broken')} broken`
  )
}
