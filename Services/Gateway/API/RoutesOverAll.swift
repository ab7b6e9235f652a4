import Contract
import Kernel
import SQLite
import ServiceKit

/// The routes whose handlers ask all services: the whole audit, exports, AuthZEN,
/// the platform's health.
func makeRoutesOverAll(
    _ settings: GatewaySettings, _ database: Database, _ ids: IDMinter, _ upstreams: [Upstream],
    _ proxy: Proxy, _ signer: IdentitySigner, _ maintenance: Maintenance, _ runtime: Runtime
) -> [Route] {
    let audit = AuditHandlers(
        database: database, contexts: makeAuditContexts(upstreams, signer, runtime), proxy: proxy)
    let exports = ExportHandlers(exports: makeExports(database, ids, upstreams, signer, runtime))
    let authZEN = makeAuthZEN(settings, database, ids, upstreams, signer, runtime)
    let health = HealthHandlers(
        maintenance: maintenance, services: makeClients(upstreams, signer, runtime))
    return audit.routes + exports.routes + authZEN.routes + health.routes
}

/// Each use has its own connections and breakers, so that none blocks another.
private func makeClients(
    _ upstreams: [Upstream], _ signer: IdentitySigner, _ runtime: Runtime
) -> [(name: String, client: ServiceClient)] {
    upstreams.map { upstream in
        (upstream.name, ServiceClient(upstream.name, at: upstream.url, signer: signer, in: runtime))
    }
}

private func makeAuditContexts(
    _ upstreams: [Upstream], _ signer: IdentitySigner, _ runtime: Runtime
) -> [AuditHandlers.Context] {
    zip(upstreams, makeClients(upstreams, signer, runtime)).map {
        AuditHandlers.Context(upstream: $0, client: $1.client)
    }
}

private func makeExports(
    _ database: Database, _ ids: IDMinter, _ upstreams: [Upstream], _ signer: IdentitySigner,
    _ runtime: Runtime
) -> UserExports {
    let services = upstreams.map { upstream in
        let client = ServiceClient(
            upstream.name, at: upstream.url, signer: signer, on: runtime.group,
            tracer: runtime.tracer)
        return UserExports.Source(name: upstream.name) { query in
            try await client.call(ExportRoutes.part, query, as: ExportReply.self)
        }
    }
    return UserExports(database: database, ids: ids, services: services)
}

private func makeAuthZEN(
    _ settings: GatewaySettings, _ database: Database, _ ids: IDMinter, _ upstreams: [Upstream],
    _ signer: IdentitySigner, _ runtime: Runtime
) -> AuthZENHandlers {
    let contexts = makeClients(upstreams, signer, runtime).map { ($0.name, $0.client) }
    return AuthZENHandlers(
        point: DecisionPoint(
            database: database, contexts: Dictionary(uniqueKeysWithValues: contexts),
            tokenKeys: MACKeys(settings.encryptionSecrets, purpose: "latchkey search tokens")),
        ids: ids, logger: runtime.logger, publicURL: settings.common.publicURL)
}
