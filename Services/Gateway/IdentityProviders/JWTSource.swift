import GatewayContract
import Kernel
import ServiceKit
import TLS

/// What verifies JWTs, and creates users whom it is the first to name.
struct JWTSource: Sendable {
    let verifier: JWTVerifier
    /// - Returns: nil if the address is another user's.
    let create: @Sendable (NewcomerCommand) async throws(Fault) -> NamedUser?
}

/// What accepts the JWTs of the configured issuers; nil without one.
/// - Parameter create: gets the id of the request as well.
/// - Throws: where signatures or certificates can't be checked.
func makeJWTs(
    _ settings: GatewaySettings, _ runtime: Runtime, _ time: IssuerKeys.Time,
    create: @escaping @Sendable (NewcomerCommand, _ requestId: String) async throws -> NamedUser?
) throws(StartFailure) -> JWTSource? {
    guard !settings.jwtIssuers.isEmpty else { return nil }
    let client = try makeProviderClient(for: JWTIssuer.setting, runtime)
    let verifier = JWTVerifier(settings.jwtIssuers, runtime.logger, time: time) {
        IssuerKeys.fetching($0.name, $0.keys, by: client)
    }
    verifier.start()
    return JWTSource(verifier: verifier) { command async throws(Fault) in
        do {
            return try await create(command, RequestContext.currentId ?? "")
        } catch {
            throw (error as? Fault) ?? .unexpected("\(error)")
        }
    }
}

/// - Parameter setting: that needs it.
/// - Throws: where signatures or certificates can't be checked.
func makeProviderClient(
    for setting: String, _ runtime: Runtime
) throws(StartFailure) -> ProviderClient {
    do throws(TLSUnavailable) {
        if let error = SignatureKey.unavailable { throw error }
        return try ProviderClient(on: runtime.group)
    } catch {
        throw StartFailure(
            "\(setting) needs OpenSSL 3 (libssl.so.3 and libcrypto.so.3): \(error.reason)")
    }
}
