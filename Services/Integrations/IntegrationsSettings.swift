import ServiceKit

/// The configuration of the integrations service.
public struct IntegrationsSettings: Sendable {
    public var common: CommonSettings
    public var quotas: IntegrationQuotas
    public var gatewayURL: ServiceURL?

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        gatewayURL = settings.url(
            "LATCHKEY_GATEWAY_URL", default: "http://127.0.0.1:8100",
            "Internal URL of the gateway, which serves the user directory")
        quotas = IntegrationQuotas(&settings)
    }
}
