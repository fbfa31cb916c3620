/**
 * Property tests try the same cases for every commit, so that one commit is judged like the next;
 * `PROPERTY_SEED=N npm test` tries others.
 */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_261_121) })
