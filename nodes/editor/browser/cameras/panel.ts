/** The part of the cameras' dialog that calibrates a camera: its picture and the plan beside each other, and the fit. */
import type { FloorPlanLayout } from '../../../../runtime/console/pages/live-view.ts'
import { ask } from '../ask.ts'
import { make, named, textButton } from '../elements.ts'
import type { Say } from '../form/check.ts'
import { reasonOf } from '../reasons.ts'
import type { Saved } from '../saved.ts'
import { WaitingPrograms } from '../waiting-programs.ts'
import { whileShown } from '../while-shown.ts'
import { DraftPoints } from './draft-points.ts'
import { PictureView } from './picture-view.ts'
import { PlanView } from './plan-view.ts'
import { PointTable } from './point-table.ts'
import type { CalibrationChange, CameraFacts, Fit, FitQuestion } from './views.ts'

const pictureEveryMs = 1000
/** Somebody drags a point. */
const fitAfterMs = 150

/** @param group the control that says which cameras are the node's */
export function addCameraPanel(form: HTMLElement, group: HTMLSelectElement, say: Say): void {
  const panel = new Panel(group, say)
  form.append(panel.element)
  void panel.run()
}

class Panel {
  readonly element: HTMLElement
  readonly #say: Say
  readonly #group: HTMLSelectElement
  readonly #camera = make('select')
  readonly #picture: PictureView
  readonly #plan: PlanView
  readonly #table: PointTable
  readonly #points = new DraftPoints()
  readonly #waiting: WaitingPrograms
  readonly #trouble = make('p', { className: 'aisle-trouble' })
  readonly #outcome = make('p', { className: 'aisle-outcome' })
  readonly #saved = make('p', { className: 'aisle-outcome' })
  readonly #save: HTMLButtonElement
  #facts: CameraFacts = { revision: '', cameras: [], groups: [], corners: [], waiting: [] }
  #fit: Fit | null = null
  /** Of the last question; an answer to an earlier one is too late. */
  #asked = 0
  #fitTimer: ReturnType<typeof setTimeout> | undefined

  constructor(group: HTMLSelectElement, say: Say) {
    this.#say = say
    this.#group = group
    const marks = {
      onChoose: (index: number) => this.#choose(index),
      onRemove: (index: number) => this.#remove(index),
    }
    this.#picture = new PictureView(say('cameras.picture'), {
      ...marks,
      onPlace: (atPx) => this.#changed(() => this.#points.place('atPx', atPx)),
      onMove: (index, atPx) => this.#changed(() => this.#points.move(index, 'atPx', atPx)),
    })
    this.#plan = new PlanView(say('cameras.plan'), {
      ...marks,
      onPlace: ([x, y]) => this.#changed(() => this.#points.place('storeM', [x, y, 0])),
      onMove: (index, [x, y]) =>
        this.#changed(() => this.#points.move(index, 'storeM', [x, y, this.#points.all[index]?.storeM?.[2] ?? 0])),
    })
    this.#table = new PointTable({
      ...{ say, ...marks },
      onPixel: (index, atPx) => this.#changed(() => this.#points.move(index, 'atPx', atPx)),
      onPlace: (index, storeM) => this.#changed(() => this.#points.move(index, 'storeM', storeM)),
    })
    this.#waiting = new WaitingPrograms({
      say,
      reload: () => this.#reload(),
      onTrouble: (text) => this.#tellTrouble(text),
    })
    for (const element of [this.#trouble, this.#outcome, this.#saved]) element.setAttribute('role', 'status')
    this.#save = textButton(say('cameras.save'), () => void this.#keep())
    const add = textButton(say('cameras.add'), () => this.#addPoint())
    const clear = textButton(say('cameras.clear'), () => this.#changed(() => this.#points.clear()))
    this.element = make(
      'section',
      { className: 'aisle-load-cells aisle-cameras' },
      make('h3', { textContent: say('cameras.title') }),
      this.#waiting.element,
      this.#trouble,
      named(say('cameras.camera'), this.#camera),
      make('p', { className: 'aisle-hint', textContent: say('cameras.hint') }),
      make('div', { className: 'aisle-beside' }, this.#picture.element, this.#plan.element),
      make('div', { className: 'aisle-row' }, add, clear),
      this.#table.element,
      this.#outcome,
      make('div', { className: 'aisle-row' }, this.#save),
      this.#saved,
    )
    group.addEventListener('change', () => this.#showCameras())
    this.#camera.addEventListener('change', () => this.#openCamera())
    this.#show()
  }

  /** Until the dialog is closed. */
  async run(): Promise<void> {
    void ask<FloorPlanLayout>('open-aisle/floor-plan')
      .then((layout) => {
        this.#plan.layout = layout
        this.#plan.camera = this.#camera.value
        this.#show()
      })
      .catch((error: unknown) => this.#tellTrouble(reasonOf(error, this.#say)))
    await whileShown(this.element, pictureEveryMs, async () => {
      try {
        if (this.#facts.revision === '') await this.#reload()
        this.#tellTrouble(await this.#look())
      } catch (error) {
        this.#tellTrouble(reasonOf(error, this.#say))
      }
    })
  }

  // ---- what is shown --------------------------------------------------------------------------------------

  async #reload(): Promise<void> {
    this.#facts = await ask<CameraFacts>('open-aisle/cameras')
    this.#table.corners = this.#facts.corners
    this.#waiting.show(this.#facts.waiting)
    this.#showCameras()
  }

  #showCameras(): void {
    const group = this.#facts.groups.find(({ id }) => id === this.#group.value)
    const ids = this.#facts.cameras.map(({ id }) => id)
    const ours = this.#group.value === '' ? ids : ids.filter((id) => group?.cameras.includes(id))
    const before = this.#camera.value
    this.#camera.replaceChildren(...ours.map((id) => new Option(id, id)))
    if (ours.includes(before)) this.#camera.value = before
    else this.#openCamera()
  }

  #openCamera(): void {
    this.#picture.clear()
    this.#plan.camera = this.#camera.value
    this.#saved.textContent = ''
    this.#changed(() => this.#points.clear())
  }

  /** @returns what is wrong with the picture, or nothing */
  async #look(): Promise<string> {
    const camera = this.#camera.value
    if (camera === '') return ''
    const response = await fetch(`${RED.settings.apiRootUrl}${pathOf(camera)}/picture`)
    if (camera !== this.#camera.value) return ''
    if (response.status === 204) return this.#say('cameras.no-picture', { camera })
    if (!response.ok) return this.#say('failed.unreachable')
    const isFirst = this.#picture.sizePx === null
    const before = await this.#picture.show(await response.blob())
    const now = this.#picture.sizePx
    if (before && now) this.#changed(() => this.#points.scale(now[0] / before[0], now[1] / before[1]))
    if (isFirst) this.#changed(() => {})
    return ''
  }

  #tellTrouble(text: string): void {
    if (this.#trouble.textContent !== text) this.#trouble.textContent = text
  }

  #show(): void {
    const { all, chosen } = this.#points
    const worst = this.#worst()
    const mark = (i: number) => ({
      text: String(i + 1),
      name: this.#say('cameras.point', { point: i + 1 }),
      isChosen: i === chosen,
      isBad: i === worst,
    })
    this.#picture.marks = all.map(({ atPx }, i) => atPx && { ...mark(i), at: atPx })
    this.#plan.marks = all.map(({ storeM }, i) => storeM && { ...mark(i), storeM })
    this.#table.show(all, chosen)
  }

  // ---- points ---------------------------------------------------------------------------------------------

  #choose(index: number): void {
    if (index === this.#points.chosen) return
    this.#points.choose(index)
    this.#show()
  }

  #remove(index: number): void {
    this.#changed(() => this.#points.remove(index))
  }

  /** In the middle of the picture: from there the arrows move it, and its place is typed. */
  #addPoint(): void {
    const [width, height] = this.#picture.sizePx ?? [0, 0]
    this.#changed(() => this.#points.add({ atPx: [width / 2, height / 2], storeM: null }))
  }

  #changed(change: () => void): void {
    change()
    // What was found of other points says nothing of these.
    this.#asked++
    this.#fit = null
    this.#outcome.textContent = ''
    this.#save.disabled = true
    this.#show()
    clearTimeout(this.#fitTimer)
    this.#fitTimer = setTimeout(() => void this.#askFit(), fitAfterMs)
  }

  // ---- the fit --------------------------------------------------------------------------------------------

  #question(): FitQuestion | null {
    const pictureSizePx = this.#picture.sizePx
    const points = this.#points.complete.map(({ atPx, storeM }) => ({ atPx, storeM }))
    return pictureSizePx && { pictureSizePx, points }
  }

  async #askFit(): Promise<void> {
    const question = this.#question()
    if (!question) return
    const asked = ++this.#asked
    try {
      const fit = await ask<Fit>(`${pathOf(this.#camera.value)}/fit`, question)
      if (asked === this.#asked) this.#showFit(fit)
    } catch (error) {
      this.#tellTrouble(reasonOf(error, this.#say))
    }
  }

  #showFit(fit: Fit): void {
    this.#fit = fit
    this.#picture.showGrid(fit.gridPx, !fit.found ? 'present' : fit.refusal ? 'refused' : 'fitted')
    const { complete } = this.#points
    this.#table.showErrors({
      cm: new Map(fit.found ? complete.map(({ index }, i) => [index, fit.errorsCm[i] ?? null]) : []),
      worst: this.#worst(),
    })
    this.#save.disabled = fit.refusal !== null
    this.#outcome.textContent = this.#outcomeText(fit)
    this.#outcome.classList.toggle('aisle-good', fit.refusal === null)
    this.#outcome.classList.toggle('aisle-bad', fit.refusal !== null && fit.refusal.code !== 'too-few')
    this.#show()
  }

  /** Index among all points of the one that the refusal blames. */
  #worst(): number | null {
    const point = this.#fit?.refusal?.point
    return point === undefined ? null : (this.#points.complete[point]?.index ?? null)
  }

  #outcomeText({ refusal, found, errorPx }: Fit): string {
    const count = this.#points.complete.length
    if (refusal) {
      const point = (this.#worst() ?? 0) + 1
      const value = refusal.value?.toFixed(refusal.code === 'implausible-height' ? 1 : 0)
      return this.#say(`cameras.refused.${refusal.code}`, { value, point, count })
    }
    const values = {
      px: errorPx?.toFixed(1),
      height: found?.positionM[2].toFixed(2),
      field: found?.fieldDeg.toFixed(0),
    }
    return this.#say(found?.measuresLens ? 'cameras.fits-with-lens' : 'cameras.fits', values)
  }

  async #keep(): Promise<void> {
    const question = this.#question()
    if (!question) return
    const camera = this.#camera.value
    this.#save.disabled = true
    try {
      const change: CalibrationChange = { revision: this.#facts.revision, ...question }
      await ask<Saved>(pathOf(camera), change)
      this.#tellSaved(this.#say('cameras.saved', { camera }), true)
    } catch (error) {
      this.#tellSaved(reasonOf(error, this.#say), false)
    }
    // Also after a refusal: the files may say something else by now.
    await this.#reload().catch(() => {})
    this.#save.disabled = this.#fit?.refusal !== null
  }

  #tellSaved(text: string, isGood: boolean): void {
    this.#saved.textContent = text
    this.#saved.classList.toggle('aisle-good', isGood)
    this.#saved.classList.toggle('aisle-bad', !isGood)
  }
}

const pathOf = (camera: string) => `open-aisle/cameras/${encodeURIComponent(camera)}`
