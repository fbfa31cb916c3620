/** How much fusion expects of people what they, and others, usually take. */
import { type Static, Type } from 'typebox'
import { Create } from 'typebox/value'
import { strictObject } from '../contract/schema.ts'

const strength = (title: string, description: string, value: number) =>
  Type.Number({ title, description, minimum: 0, maximum: 1, default: value })

export const HabitsPolicy = strictObject(
  {
    popularity: strength(
      'What sells',
      'How much it counts that one of the products of a place is bought more often than the others (0 to 1).',
      1,
    ),
    pastPurchases: strength(
      'What this account bought before',
      'How much it counts between products that could all be meant (0 to 1). It charges nobody by itself; 0 switches it off, and nothing is asked for.',
      0.5,
    ),
  },
  { title: 'Habits' },
)
export type HabitsPolicy = Static<typeof HabitsPolicy>

export const defaultHabits: HabitsPolicy = Create(HabitsPolicy)
