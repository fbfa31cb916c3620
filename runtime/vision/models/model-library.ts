/** The model definitions of an installation, found by scanning a folder. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Type } from 'typebox'
import { AisleError } from '../../contract/errors.ts'
import { compileGate, type JsonLimits, parseJson } from '../../contract/schema.ts'
import { type Detector, ModelDefinition, type ModelTask } from './model-definition.ts'

const code = 'model-definition-invalid'
const limits: JsonLimits = { maxBytes: 256_000, maxDepth: 8 }
const gate = compileGate(ModelDefinition, {
  code,
  what: 'The model definition',
  action: 'Correct these places; the schema is runtime/vision/models/model-definition.ts.',
})
const classListGate = compileGate(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 2000 }), {
  code,
  what: 'The list of classes',
  action: 'It is an array of names.',
})

export class ModelLibrary {
  readonly #definitions: ReadonlyMap<string, ModelDefinition>

  constructor(definitions: readonly ModelDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.id, definition]))
  }

  get all(): ModelDefinition[] {
    return [...this.#definitions.values()]
  }

  /** @throws AisleError `model-unknown`, `model-mismatch` */
  of<T extends ModelTask>(id: string, task: T): Extract<ModelDefinition, { task: T }> {
    const definition = this.#definitions.get(id)
    if (!definition) {
      throw new AisleError('model-unknown', `There is no model definition "${id}".`, {
        action: `Known are ${[...this.#definitions.keys()].join(', ')}; or add a file to hardware-profiles/models.`,
      })
    }
    if (definition.task !== task) {
      throw new AisleError('model-mismatch', `The model ${id} is made to ${definition.task}, not to ${task}.`, {
        action: 'Name another model.',
      })
    }
    return definition as Extract<ModelDefinition, { task: T }>
  }
}

/**
 * Reads every `.json` file in `folder`, and the lists in its folder `classes` that they name.
 * @throws AisleError `model-definition-invalid`, naming the file and the places in it
 */
export async function loadModelDefinitions(folder: string): Promise<ModelLibrary> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AisleError(code, 'The folder of model definitions cannot be read.', {
      where: folder,
      action: 'Restore the folder hardware-profiles/models of this installation.',
      cause,
    })
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return new ModelLibrary(await Promise.all(files.map((name) => readDefinition(folder, name))))
}

async function readDefinition(folder: string, name: string): Promise<ModelDefinition> {
  const file = join(folder, name)
  const definition = gate(parseJson(await readFile(file, 'utf8'), file, limits), file)
  if (definition.id !== basename(name, '.json')) {
    throw invalid(file, `Its id is "${definition.id}", but the file is ${name}.`)
  }
  if (definition.task === 'embed') return definition
  const { classes } = definition
  const detector: Detector = {
    ...definition,
    classes: typeof classes === 'string' ? await readClasses(folder, classes, file) : classes,
  }
  checkNames(detector, file)
  return detector
}

async function readClasses(folder: string, list: string, where: string): Promise<string[]> {
  const file = join(folder, 'classes', `${list}.json`)
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid(where, `It names the list of classes ${list}, and there is no ${file}.`)
  })
  return classListGate(parseJson(text, file, limits), file)
}

/** What no schema can say: that names which refer to each other do. */
function checkNames({ classes, detects, output }: Detector, file: string): void {
  const unknown = Object.values(detects)
    .flat()
    .filter((name) => !classes.includes(name))
  if (unknown.length > 0) throw invalid(file, `/detects names ${unknown.join(', ')}, which are none of its classes.`)
  if (output.family !== 'yolov8-pose') return
  const { wrists = [], head = 0, floor = 0, keypoints } = output
  const beyond = [...wrists, head, floor].find((point) => point >= keypoints)
  if (beyond !== undefined) throw invalid(file, `/output names keypoint ${beyond}, but there are ${keypoints}.`)
}

const invalid = (where: string, message: string) =>
  new AisleError(code, message, { where, action: 'Correct the model definition.' })
