/** What a change of the store's files is answered with; both sides read it. */
export interface Saved {
  /** What the next change is made on top of. */
  revision: string
  /** Programs that have to start anew before it takes effect. */
  waiting: string[]
}
