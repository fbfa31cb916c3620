/** What one piece of evidence says of who acted and of what was in their hand, as likelihood ratios. */
import type { Evidence } from '../till-api/commands.ts'
import type { FusionPolicy } from './fusion-policy.ts'
import type { Shelves } from './shelves.ts'

/** Somebody who may have acted; `personId` is null for whoever the vision did not see. */
export interface Actor {
  personId: string | null
  /** Natural logarithm of how much likelier the distances are when this person acted than when not. */
  handLogOdds: number
  handM: number | null
  /** Standard deviation of the hand's place; 0 where the vision stated none. */
  handSigmaM: number
  /** Whether a camera saw this person then. */
  isSeen: boolean
}

/** Actors this much less likely than the likeliest are not worth following. */
const hopelessLogOdds = 9
const mostActors = 6
const noProduct = ''
/** Of wrists that are lost for a part of the time, so many are lost for any part of it, also for all. */
const lostAnyhow = 0.3

export class Cues {
  readonly actors: readonly Actor[]
  readonly #sighted = new Map<string | null, Map<string, number>>()
  /** What the looks at each took it for mostly. */
  readonly #seenMostly = new Map<string | null, string>()
  readonly #unplaced: ReadonlyMap<string, number> | undefined
  readonly #shelves: Shelves
  readonly #policy: FusionPolicy

  constructor(evidence: Evidence, shelves: Shelves, policy: FusionPolicy) {
    this.#shelves = shelves
    this.#policy = policy
    this.actors = actorsOf(evidence, policy)
    for (const { personId, sku, probability } of evidence.sighted) {
      const ofPerson = this.#sighted.get(personId) ?? new Map<string, number>()
      this.#sighted.set(personId, ofPerson.set(sku, probability))
    }
    for (const [personId, looks] of this.#sighted) {
      const [mostly] = [...looks].reduce((a, b) => (a[1] >= b[1] ? a : b))
      this.#seenMostly.set(personId, mostly)
    }
    this.#unplaced = this.#saidAgain() ? undefined : this.#sighted.get(null)
  }

  /** Looks at one thing err together: what a look with no place took it for too, when a placed one did, says nothing more. */
  #saidAgain(): boolean {
    const said = this.#seenMostly.get(null)
    return said !== undefined && [...this.#seenMostly].some(([id, mostly]) => id !== null && mostly === said)
  }

  /** How much likelier the looks are when this person moved this product. */
  sightingLogOdds(personId: string | null, sku: string): number {
    const own = personId === null ? 0 : this.#lookLogOdds(personId, sku, this.#policy.sightingAstray)
    // A look with no place may have been at anybody's hand.
    return own + (this.#unplaced ? this.#lookLogOdds(null, sku, 0.5) : 0)
  }

  /** How much of a hand's nearness follows from the same person's acting at a place so far away: the other hand is there. */
  besideLogOdds(personId: string | null, apartM: number): number {
    const { handM = null, handSigmaM = 0 } = this.actors.find((actor) => actor.personId === personId) ?? {}
    if (handM === null) return Number.POSITIVE_INFINITY
    const { handSeenM, handOtherM } = this.#policy
    const besideM = Math.max(handSeenM, handSigmaM, Math.min(handOtherM, apartM))
    return Math.log(fallOff(handM, besideM) / fallOff(handM, handOtherM))
  }

  /** How likely the looks into the likeliest actor's hands are when nothing was moved here: they are of something else. */
  get astrayLogOdds(): number {
    return this.sightingLogOdds(this.actors[0]?.personId ?? null, noProduct)
  }

  /** What looks at this person's hands took the thing for, where they are surer of it than not. */
  seenAs(personId: string | null): string | undefined {
    const who = this.#sighted.has(personId) ? personId : null
    const sku = this.#seenMostly.get(who)
    return sku !== undefined && (this.#sighted.get(who)?.get(sku) ?? 0) > 0.5 ? sku : undefined
  }

  /** Everything that some look took it for. */
  sightedSkus(): Set<string> {
    return new Set([...this.#sighted.values()].flatMap((ofPerson) => [...ofPerson.keys()]))
  }

  /** A sure look says as much as there are products; but what is like the one that it saw, it takes for that one now and then. */
  #lookLogOdds(whose: string | null, sku: string, astray: number): number {
    const looks = this.#sighted.get(whose)
    if (!looks) return 0
    const { sightingWorth } = this.#policy
    const worth = Math.max(sightingWorth, this.#shelves.kinds)
    const seen = this.#seenMostly.get(whose)
    const isAlike = seen !== undefined && sku !== noProduct && seen !== sku && this.#shelves.areAlike(seen, sku)
    const mistaken = astray * (isAlike ? worth / sightingWorth : 1)
    return Math.log(mistaken + (1 - astray) * worth * (looks.get(sku) ?? 0))
  }
}

function actorsOf({ near, event }: Evidence, policy: FusionPolicy): Actor[] {
  const isDark = near !== null && near.length > 0 && near.every(({ seen }) => seen === 0)
  const unseen: Actor = {
    personId: null,
    // Across a gap nobody was watching: whoever acted is as likely to be unknown as anybody.
    handLogOdds: event.kind === 'gap' ? 0 : Math.log(isDark ? policy.unseenInTheDark : policy.unseenPerson),
    handM: null,
    handSigmaM: 0,
    isSeen: false,
  }
  const seen = (near ?? []).map(({ personId, handM, handSigmaM = 0, headM, seen, wristHidden = 0 }) => {
    const lost = seen > 0 || isDark ? 0 : Math.log(policy.lostPerson)
    const byHead = isRough(handSigmaM, policy) ? standingLogOdds(headM, policy) : 0
    const logOdds = handLogOdds(handM, handSigmaM, wristHidden, policy) + headLogOdds(headM, policy) + byHead + lost
    return { personId, handM, handSigmaM, isSeen: seen > 0, handLogOdds: event.kind === 'gap' ? 0 : logOdds }
  })
  const bestLogOdds = Math.max(unseen.handLogOdds, ...seen.map((actor) => actor.handLogOdds))
  return [...seen, unseen]
    .filter((actor) => actor.handLogOdds >= bestLogOdds - hopelessLogOdds || actor.personId === null)
    .sort((a, b) => b.handLogOdds - a.handLogOdds || ((a.personId ?? '') < (b.personId ?? '') ? -1 : 1))
    .slice(0, mostActors)
}

/**
 * Distances fall off exponentially from the goods, for the acting hand, the other hand of the actor, and others' hands.
 * The acting hand is either the one that was seen, or a wrist was hidden nearly all the time; hardly ever it is misplaced.
 */
function handLogOdds(handM: number | null, sigmaM: number, hidden: number, policy: FusionPolicy): number {
  if (handM === null) return 0
  const { handHidden, handMisplaced, handHiddenM, handOtherM } = policy
  const acting =
    (1 - handHidden - handMisplaced) * seenFallOff(handM, sigmaM, policy) +
    (handHidden * hiddenRatio(hidden, policy) + handMisplaced) * fallOff(handM, handHiddenM)
  return Math.log(acting / fallOff(handM, handOtherM))
}

/** Of the acting hand: cameras that place hands roughly err as a Gaussian does, and more than the hand is away. */
function seenFallOff(handM: number, sigmaM: number, policy: FusionPolicy): number {
  return isRough(sigmaM, policy) ? halfNormal(handM, policy.handSigmaShare * sigmaM) : fallOff(handM, policy.handSeenM)
}

const isRough = (sigmaM: number, { handSigmaShare, handSeenM }: FusionPolicy) => handSigmaShare * sigmaM > handSeenM

/** Where hands are placed roughly, heads say a little more: whoever takes something mostly stands well within reach. */
function standingLogOdds(headM: number, { headReachM, handOtherM }: FusionPolicy): number {
  return Math.log(halfNormal(headM, headReachM / 2) / fallOff(headM, handOtherM))
}

/** How much likelier a wrist is hidden for this share of the time when it acts unseen than when it does not act. */
function hiddenRatio(share: number, { handHiddenFor, wristLost, wristLostFor }: FusionPolicy): number {
  const acting = handHiddenFor / (1 - handHiddenFor)
  const idle = 1 / wristLostFor - 1
  const whenActing = acting * share ** (acting - 1)
  const whenIdle = share === 0 ? 1 : wristLost * ((1 - lostAnyhow) * idle * (1 - share) ** (idle - 1) + lostAnyhow)
  return whenActing / whenIdle
}

/** Nobody reaches farther than an arm and a lean; within reach a head says nothing that the hand does not. */
function headLogOdds(headM: number, { headReachM, headReachSoftM }: FusionPolicy): number {
  const beyondM = Math.max(0, headM - headReachM)
  return -(beyondM ** 2) / (2 * headReachSoftM ** 2)
}

const fallOff = (distanceM: number, meanM: number) => Math.exp(-distanceM / meanM) / meanM
const halfNormal = (distanceM: number, sdM: number) =>
  (Math.sqrt(2 / Math.PI) / sdM) * Math.exp(-(distanceM ** 2) / (2 * sdM ** 2))
