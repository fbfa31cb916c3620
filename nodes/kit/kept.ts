import type { StoreBinding } from '../../runtime/store/binding.ts'

const keptByStore = new WeakMap<StoreBinding, Map<string, { value: unknown }>>()

/** A value that lives as long as the store's binding, so that a redeployed node goes on where its predecessor was. */
export function keptOf<T>(store: StoreBinding, key: string, initial: T): { value: T } {
  const kept = keptByStore.get(store) ?? new Map<string, { value: unknown }>()
  const slot = kept.get(key) ?? { value: initial }
  keptByStore.set(store, kept.set(key, slot))
  return slot as { value: T }
}
