import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func install(_ request: RequestContext) async throws -> Committed {
        let body = try request.decodeIfPresent(InstallBody.self)
        let change = try await useCases.install(
            try request.entityId, version: body?.version, by: request.caller)
        return try await request.commit(change, current: .exists(if: { $0 != nil })) {
            installation, isNew in
            .json(isNew ? 201 : 200, InstallationBody(installation))
        }
    }

    func uninstall(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.uninstall(try request.entityId, by: request.caller), current: .exists
        ) { .noContent }
    }

    func listInstallations(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listInstallations(try request.page(), by: request.caller)
        return .list(page.map { InstallationBody($0) }, for: request)
    }
}

extension InstallationBody {
    init(_ listed: InstallationWithEntity) {
        self.init(
            entityId: listed.entity.id, version: listed.installation.version,
            usable: listed.isUsable, installedAt: listed.installation.installedAt,
            entity: EntitySummaryBody(listed.entity))
    }
}
