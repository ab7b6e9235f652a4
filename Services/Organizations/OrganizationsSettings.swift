import Kernel
import ServiceKit

/// The configuration of the organizations service.
public struct OrganizationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: OrganizationQuotas
    public var gatewayURL: ServiceURL?
    public var entitiesURL: ServiceURL?
    public var invitationsURL: ServiceURL?
    /// They encrypt secrets at rest.
    public var encryptionSecrets: SecretList
    /// Whether buckets can have private addresses.
    public var allowsPrivateStorage: Bool

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "Internal URL of the gateway, which serves the user directory")
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101",
            "URL of the entities service")
        invitationsURL = settings.url(
            "LATCHKEY_INVITATIONS_URL", default: "http://127.0.0.1:8104",
            "URL of the invitations service, which has webhooks and the feed of events")
        encryptionSecrets = settings.secrets(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key that encrypts secrets at rest (registry keys, storage secrets), at least 32 "
                + "random bytes; LATCHKEY_INTERNAL_SECRET by default, if that is set",
            fallback: common.internalSecrets)
        allowsPrivateStorage = settings.flag(
            "LATCHKEY_STORAGE_ALLOW_PRIVATE", default: false,
            "Allow external storage at private and loopback addresses, such as a local MinIO")
        quotas = OrganizationQuotas(&settings)
    }
}
