import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func pushVersion(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewVersionBody.self)
        let draft = try VersionDraft(
            version: body.version, packageUrl: body.packageUrl, sha256: body.sha256,
            notes: body.notes, isBackport: body.backport ?? false)
        let change = try await useCases.pushVersion(
            draft, of: try request.entityId, by: request.caller)
        return try await request.commit(change, current: .exists) {
            .created(
                VersionBody($0), location: "/api/entities/\($0.entityId)/versions/\($0.version)"
            ).tagged
        }
    }

    func listVersions(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listVersions(
            of: try request.entityId, try request.page(), by: request.caller)
        return .list(page.map { VersionBody($0) }, for: request)
    }

    func getVersion(_ request: RequestContext) async throws -> Response {
        let version = try await useCases.getVersion(
            try request.path("version"), of: try request.entityId, by: request.caller)
        return .resource(VersionBody(version))
    }
}

extension VersionBody {
    init(_ version: Version) {
        self.init(
            id: version.id, entityId: version.entityId, version: version.version,
            packageUrl: version.packageUrl, sha256: version.sha256, notes: version.notes,
            publishedBy: version.publishedBy, createdAt: version.createdAt)
    }
}
