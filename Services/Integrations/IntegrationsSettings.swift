import ServiceKit

/// The configuration of the integrations service.
public struct IntegrationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: IntegrationQuotas
    public var gatewayURL: ServiceURL?
    public var invitationsURL: ServiceURL?

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "Internal URL of the gateway, which serves the user directory")
        invitationsURL = settings.url(
            "LATCHKEY_INVITATIONS_URL", default: "http://127.0.0.1:8104",
            "URL of the invitations service, which has webhooks and the feed of events")
        quotas = IntegrationQuotas(&settings)
    }
}
