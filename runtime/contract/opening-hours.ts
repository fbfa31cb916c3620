/** Hours by the wall clock of the store's time zone, so that a change to summer time moves with it. */

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]
export const dayChoices = ['every-day', 'weekdays', 'weekend', ...weekdays] as const
export type DayChoice = (typeof dayChoices)[number]

/** From `from` to `to` (HH:MM) on `days`; when `to` is not later than `from` it ends on the next day. */
export interface Period {
  days: DayChoice
  from: string
  to: string
}

export interface LocalMoment {
  weekday: Weekday
  /** Minutes since midnight by the wall clock. */
  minute: number
}

/** The wall clock's weekday and minute at `atMs` in `timeZone` (IANA). */
export function localMoment(atMs: number, timeZone: string): LocalMoment {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs)
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? ''
  return {
    weekday: part('weekday').toLowerCase() as Weekday,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  }
}

/** A period belongs to the day on which it begins: Friday 22:00 to 02:00 still covers Saturday 01:00. */
export function periodCovers(period: Period, { weekday, minute }: LocalMoment): boolean {
  const from = minuteOf(period.from)
  const to = minuteOf(period.to)
  if (from < to) return isOn(period.days, weekday) && minute >= from && minute < to
  return (isOn(period.days, weekday) && minute >= from) || (isOn(period.days, dayBefore(weekday)) && minute < to)
}

function isOn(days: DayChoice, weekday: Weekday): boolean {
  if (days === 'every-day') return true
  const weekend = weekday === 'saturday' || weekday === 'sunday'
  if (days === 'weekend') return weekend
  return days === 'weekdays' ? !weekend : days === weekday
}

const dayBefore = (weekday: Weekday) => weekdays[(weekdays.indexOf(weekday) + 6) % 7] as Weekday

const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** The calendar's day as YYYY-MM-DD, so that days compare as texts. */
export const localDay = (atMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs)
