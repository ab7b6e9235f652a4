import EventLoop
import HTTPCore
import Kernel
import Presentation
import ServiceKit

/// Who signs in, as far as the request tells.
struct SignInClient: Sendable {
    /// What tries are counted for: an IPv6 client has 2^64 addresses, so its network counts.
    let network: String
    /// Shown with the session.
    let device: Token.Device
    /// What the browser prefers of the languages that we have.
    let language: Language?

    private static let maximumUserAgent = 200

    init(_ request: RequestContext) {
        let address = IPAddress(request.client)
        network =
            if let address, !address.isIPv4 { "\(address.high)" } else { request.client }
        language = request.acceptedLanguages.flatMap { Language.preferred(in: $0) }
        // A client chooses it, and other programs show it.
        let agent = (request.head.fields[.userAgent] ?? "").unicodeScalars
            .filter { !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 0x20 }
            .prefix(Self.maximumUserAgent)
        device = Token.Device(
            userAgent: agent.isEmpty ? nil : String(String.UnicodeScalarView(agent)),
            address: request.client)
    }
}

extension RequestContext {
    /// `Accept-Language`
    var acceptedLanguages: String? { head.fields.joined(.acceptLanguage) }
}
