/** What the line rules did with a line, and the words of the rule that decided. */
import type { TSchema, TSchemaOptions } from 'typebox'
import type { DecidedLine } from '../../runtime/contract/messages.ts'
import { LineRulesPolicy } from '../../runtime/policy/line-rules.ts'

export interface LineDecisionView {
  outcome: DecidedLine['outcome']
  /** The rule as decisions name it. */
  rule: string
  /** What that rule says; null for a rule of the store's own. */
  ruleWords: string | null
}

export const lineDecision = ({ outcome, rule }: DecidedLine): LineDecisionView => ({
  ...{ outcome, rule },
  ruleWords: Object.hasOwn(wordsOf, rule) ? (wordsOf[rule] ?? null) : null,
})

const settings: Record<string, TSchema> = LineRulesPolicy.properties

/** As the dialog of `line rules` shows the setting. */
const setting = (name: keyof LineRulesPolicy) => {
  const { title, description } = settings[name] as TSchemaOptions
  return `${title}: ${description}`
}

const wordsOf: Record<string, string> = {
  'charge-from': setting('chargeFrom'),
  'let-go-below': setting('letGoBelow'),
  uncertain: setting('uncertain'),
  dear: setting('dearFromMinor'),
  'age-restricted': setting('ageRestricted'),
  'after-gap': setting('afterGap'),
  // Beside the settings: what is so in every store.
  'unknown-product': 'The catalogue does not have this product, so a person looks at it.',
  'other-reading':
    'It is the other thing that an uncertain line may have been: whoever reviews that one can choose it.',
  'more-of-it': 'It is what more there may be of an uncertain line: whoever reviews that one can say how many it was.',
  'basket-not-final':
    'Later evidence was still awaited: something may have been put back, so nothing is charged unseen.',
  'no-decision-in-time': 'No decision came in time after the exit, so a person looks at it.',
  'provider-away': 'More waits for the payment provider than the store allows, so a person looks at it.',
  review: 'A person decided it.',
  'review-expired': "Nobody reviewed it in time, so it was let go in the shopper's favour.",
}
