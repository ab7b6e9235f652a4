import ServiceKit

/// The configuration of the entities service.
public struct EntitiesSettings: Sendable {
    public var common: CommonSettings
    public var quotas: EntityQuotas
    public var gatewayURL: ServiceURL?
    public var organizationsURL: ServiceURL?
    public var invitationsURL: ServiceURL?

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "Internal address of the gateway, which has the directory of users")
        organizationsURL = settings.url(
            "LATCHKEY_ORGANIZATIONS_URL", default: "http://127.0.0.1:8102",
            "Address of the organizations service")
        invitationsURL = settings.url(
            "LATCHKEY_INVITATIONS_URL", default: "http://127.0.0.1:8104",
            "Address of the invitations service")
        quotas = EntityQuotas(&settings)
    }
}
