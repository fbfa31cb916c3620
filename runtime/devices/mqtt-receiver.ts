/** Somebody for whom messages come on the one MQTT connection of sensing. */
export interface MqttReceiver {
  readonly topics: readonly string[]
  take(topic: string, payload: Uint8Array): void
  start(): void
  stop(): void
}
