import Kernel
import ServiceKit
import Testing

@testable import Integrations

@Suite struct SettingsTests {
    private func settings(_ extra: [String: String]) -> (IntegrationsSettings, [String]) {
        var settings = Settings(
            ["LATCHKEY_INTERNAL_SECRET": String(repeating: "i", count: 32)].merging(extra) { $1 })
        let common = CommonSettings(&settings, defaultPort: 8103)
        return (IntegrationsSettings(&settings, common), settings.mistakes)
    }

    @Test func `a secret is the only required setting`() {
        let (settings, mistakes) = settings([:])
        #expect(mistakes.isEmpty && settings.gatewayURL != nil)
    }

    @Test func `an invalid gateway URL is refused`() {
        for url in ["gateway", "ftp://gateway", "http://"] {
            let (_, mistakes) = settings(["LATCHKEY_GATEWAY_URL": url])
            #expect(mistakes.count == 1 && mistakes[0].contains("LATCHKEY_GATEWAY_URL"), "\(url)")
        }
    }
}
