/** What the pictures of a scene showed, whatever a detector made of them, and how often a model looked at each. */
export interface SightMeasures {
  /** Share of the moments of people in which the picture of some camera showed them. */
  inSight: number
  /** Inferences: of the whole and of slices. */
  looksPerPicture: number
}

export class PictureSight {
  readonly #shown = new Map<string, boolean>()
  readonly #roundMs: number
  #pictures = 0
  #looks = 0

  /** @param rate pictures a second of every camera */
  constructor(rate: number) {
    this.#roundMs = 1000 / rate
  }

  addPicture(looks: number): void {
    this.#pictures++
    this.#looks += looks
  }

  /** @param scene in which the person has this name */
  addPerson(scene: number, atMs: number, id: string, isShown: boolean): void {
    const moment = `${scene} ${Math.floor(atMs / this.#roundMs)} ${id}`
    this.#shown.set(moment, isShown || this.#shown.get(moment) === true)
  }

  /** null when there were no pictures. */
  get measures(): SightMeasures | null {
    if (this.#pictures === 0) return null
    const shown = [...this.#shown.values()]
    return { inSight: shown.filter(Boolean).length / shown.length, looksPerPicture: this.#looks / this.#pictures }
  }
}
