import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

extension EntitiesAPI {
    func pushVersion(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewVersionBody.self)
        let draft = try VersionDraft(
            version: body.version, packageUrl: body.packageUrl, sha256: body.sha256,
            notes: body.notes, isBackport: body.backport ?? false)
        let version = try await useCases.pushVersion(
            draft, of: try request.entityId, by: request.caller)
        return .created(
            VersionBody(version),
            location: "/api/entities/\(version.entityId)/versions/\(version.version)")
    }

    func listVersions(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listVersions(
            of: try request.entityId, try request.page(), by: request.caller)
        return .list(page.map { VersionBody($0) }, for: request)
    }

    func getVersion(_ request: RequestContext) async throws -> Response {
        let version = try await useCases.getVersion(
            try request.path("version"), of: try request.entityId, by: request.caller)
        return .json(200, VersionBody(version))
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
