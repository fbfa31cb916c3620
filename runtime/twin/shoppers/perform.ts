/** Does one act of a plan. */
import type { Act } from './acts.ts'
import { putBack, reach, take, takeTogether } from './at-the-shelf.ts'
import { hide, look, stow } from './hands.ts'
import { drop, goTo, losePhone, pickUp, throwOut } from './on-the-way.ts'
import { knock, press, putWeight, swap } from './other-loads.ts'
import { pay } from './pay.ts'
import type { Life, Shopper, Surroundings } from './shopper.ts'
import { clean, count, fill } from './staff-acts.ts'
import { exchange, handOver, meet, meetingPatienceMs, until } from './together.ts'

/** @returns false when it could not be done */
export function* perform(act: Act, shopper: Shopper, w: Surroundings): Life<boolean> {
  switch (act.act) {
    case 'take':
      return yield* take(act, shopper, w)
    case 'take-together':
      return yield* takeTogether(act, shopper, w)
    case 'put-back':
      return yield* putBack(act, shopper, w)
    case 'swap':
      return yield* swap(act, shopper, w)
    case 'put-weight':
      return yield* putWeight(act, shopper, w)
    case 'press':
      return yield* press(act, shopper, w)
    case 'knock':
      return yield* knock(act, shopper, w)
    case 'reach':
      return yield* reach(act, shopper, w)
    case 'hide':
      return yield* hide(act.item, shopper, w)
    case 'hand-over':
      return yield* handOver(act, shopper, w)
    case 'exchange':
      return yield* exchange(act, shopper, w)
    case 'drop':
      return yield* drop(act, shopper, w)
    case 'pick-up':
      return yield* pickUp(act, shopper, w)
    case 'throw-out':
      return yield* throwOut(act, shopper, w)
    case 'go-to':
      return yield* goTo(act, shopper, w)
    case 'meet':
      return yield* meet(act, shopper, w)
    case 'wait-for':
      return yield* until(() => w.gatherings.signalled(act.name), shopper, w, meetingPatienceMs)
    case 'pay':
      return yield* pay(shopper, w)
    case 'lose-phone':
      return yield* losePhone(shopper, w)
    case 'fill':
      return yield* fill(act, shopper, w)
    case 'clean':
      return yield* clean(act, shopper, w)
    case 'count':
      return yield* count(act, shopper, w)
    case 'look':
      yield* look(act.durationMs, shopper, w)
      return true
    case 'stow':
      yield* stow(shopper, w, act.item)
      return true
    case 'signal':
      w.gatherings.signal(act.name)
      return true
    case 'wait': {
      const untilMs = w.nowMs + act.durationMs
      return yield* until(() => w.nowMs >= untilMs, shopper, w)
    }
  }
}
