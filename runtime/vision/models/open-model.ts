/**
 * A model in ONNX Runtime, checked against its definition and tried once. Inference holds up the thread that asks for
 * it from beginning to end: programs do this in a worker thread.
 */
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { ModelDefinition, ModelInput } from './model-definition.ts'
import { checkInput, inputShape, matchOutputs, type TensorShape } from './model-shapes.ts'

export const executionProviders = ['cpu', 'cuda', 'openvino'] as const
export type ExecutionProvider = (typeof executionProviders)[number]

export interface ModelRunOptions {
  /** The first that works is used; the processor always does. */
  providers: readonly ExecutionProvider[]
  /** Of the processor, for one inference. */
  threads: number
}

/** Where one picture's numbers are written before {@link OpenModel.run}. */
export type InputNumbers = Float32Array | Uint8Array

export interface OpenModel {
  readonly provider: ExecutionProvider
  /** Why it is not a provider that was preferred. */
  readonly notices: readonly string[]
  /** Stays the same from run to run. */
  readonly input: InputNumbers
  /** What comes out, in the order of `outputShapes`. Holds up the thread. */
  run(): Promise<Float32Array[]>
  close(): Promise<void>
}

/**
 * @param bytes as `readModel` gave them
 * @param file for messages
 * @throws AisleError `model-broken`, `model-shape`
 */
export async function openModel(
  definition: ModelDefinition,
  bytes: Uint8Array,
  file: string,
  options: ModelRunOptions,
): Promise<OpenModel> {
  const { session, provider, notices } = await openSession(bytes, file, options)
  checkInput(definition, session.inputMetadata.map(tensorShape), file)
  const input = emptyInput(definition.input)
  const tensor = new Tensor(input, inputShape(definition.input))
  const inputName = session.inputNames[0] as string
  const runSession = async () => {
    const outputs = await session.run({ [inputName]: tensor })
    return session.outputNames.map((name) => outputs[name] as Tensor)
  }
  const tried = await runSession().catch((cause: unknown) => {
    throw broken(file, cause)
  })
  const order = matchOutputs(
    definition,
    tried.map(({ type, dims }, i) => ({ name: session.outputNames[i] ?? '', type, dims })),
    file,
  )
  const pick = (outputs: Tensor[]) => order.map((at) => outputs[at]?.data as Float32Array)
  if (!pick(tried).every((numbers) => numbers.every(Number.isFinite))) {
    throw broken(file, new Error('for an empty picture it gives what is no number'))
  }
  return {
    provider,
    notices,
    input,
    run: async () => pick(await runSession()),
    close: () => session.release(),
  }
}

interface Opened {
  session: InferenceSession
  provider: ExecutionProvider
  notices: string[]
}

async function openSession(bytes: Uint8Array, file: string, options: ModelRunOptions): Promise<Opened> {
  const built = listSupportedBackends().map(({ name }) => name)
  const notices: string[] = []
  for (const provider of options.providers) {
    if (provider === 'cpu') break
    if (!built.includes(provider)) {
      notices.push(`This build of ONNX Runtime has no ${provider} (it has ${built.join(', ')}).`)
      continue
    }
    try {
      return { session: await createSession(bytes, provider, options), provider, notices }
    } catch (error) {
      const [reason] = errorSentence(error).split('\n')
      notices.push(`${provider} cannot be used: ${reason}.`)
    }
  }
  try {
    return { session: await createSession(bytes, 'cpu', options), provider: 'cpu', notices }
  } catch (cause) {
    throw broken(file, cause)
  }
}

function createSession(bytes: Uint8Array, provider: ExecutionProvider, { threads }: ModelRunOptions) {
  return InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Errors only; a model's own flaws would fill the log with warnings.
    logSeverityLevel: 3,
    // Threads that wait for work by spinning would take a core from the plates even while no frame comes.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
}

function emptyInput({ widthPx, heightPx, type }: ModelInput): InputNumbers {
  const length = 3 * widthPx * heightPx
  return type === 'uint8' ? new Uint8Array(length) : new Float32Array(length)
}

const tensorShape = (value: InferenceSession.ValueMetadata): TensorShape =>
  value.isTensor
    ? { name: value.name, type: value.type, dims: value.shape }
    : { name: value.name, type: 'no tensor', dims: [] }

const broken = (where: string, cause: unknown) =>
  new AisleError('model-broken', `It cannot be run: ${errorSentence(cause).slice(0, 300)}.`, {
    where,
    action: 'Export the model anew, for the version of ONNX Runtime that this installation has.',
    cause,
  })
