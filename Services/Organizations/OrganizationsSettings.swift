import ServiceKit

/// The configuration of the organizations service.
public struct OrganizationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: OrganizationQuotas
    public var gatewayURL: ServiceURL?
    public var entitiesURL: ServiceURL?
    /// With what secrets at rest are encrypted.
    public var encryptionSecret: [UInt8]
    /// Whether buckets may be at private addresses.
    public var allowsPrivateStorage: Bool

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "The gateway's internal address, where the users' directory is")
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101", "The entities service")
        encryptionSecret = settings.secret(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key of the secrets at rest (registry keys, storage secrets), at least 32 random "
                + "bytes; LATCHKEY_INTERNAL_SECRET if empty and that is set. It can't be changed "
                + "once there are some", fallback: common.internalSecret)
        allowsPrivateStorage = settings.flag(
            "LATCHKEY_STORAGE_ALLOW_PRIVATE", default: false,
            "Whether external storage may be at a private or loopback address, such as a MinIO "
                + "beside us")
        quotas = OrganizationQuotas(&settings)
    }
}
