import Contract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

extension WorkspacesAPI {
    func createWorkspace(_ request: RequestContext) async throws -> Response {
        let draft = try WorkspaceDraft(name: try request.decode(NewWorkspaceBody.self).name)
        return try await request.commit(useCases.createWorkspace(draft, by: request.caller)) {
            .created(WorkspaceBody($0), location: "/api/v2/workspaces/\($0.workspace.id)").tagged
        }
    }

    func listWorkspaces(_ request: RequestContext) throws -> Response {
        let page = try useCases.listWorkspaces(try request.page(), by: request.caller)
        return .list(page.map { WorkspaceBody($0) }, for: request)
    }

    func getWorkspace(_ request: RequestContext) throws -> Response {
        .resource(
            WorkspaceBody(try useCases.getWorkspace(try request.workspaceId, by: request.caller)))
    }

    func updateWorkspace(_ request: RequestContext) async throws -> Response {
        let wish = try WorkspaceChange(name: try request.decode(WorkspacePatchBody.self).name)
        let change = try useCases.updateWorkspace(
            try request.workspaceId, wish, by: request.caller,
            expecting: try request.expectedWorkspace)
        return try await request.commit(change) { .resource(WorkspaceBody($0)) }
    }

    func deleteWorkspace(_ request: RequestContext) async throws -> Response {
        let change = try useCases.deleteWorkspace(
            try request.workspaceId, by: request.caller,
            expecting: try request.expectedWorkspace)
        return try await request.commit(change) { .noContent }
    }

    func transferWorkspace(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(WorkspaceOwnerBody.self)
        let change = try useCases.transferWorkspace(
            try request.workspaceId, to: body.userId, by: request.caller,
            expecting: try request.expectedWorkspace)
        // No tag: it would be that of another resource.
        return try await request.commit(change) { .json(WorkspaceBody($0)) }
    }

    func listAudit(_ request: RequestContext) throws -> Response {
        guard let text = try request.query("workspaceId") else {
            throw Fault.invalid("/workspaceId", "is required")
        }
        guard let workspaceId = IDMinter.uuid(text) else { throw Fault.notFound }
        let page = try useCases.listAudit(
            of: workspaceId, try request.auditFilter(), try request.page(), by: request.caller)
        return .list(page, for: request)
    }
}

extension RequestContext {
    /// What `If-Match` says of the workspace that is to be changed.
    fileprivate var expectedWorkspace: WorkspacesUseCases.Expectation<SeenWorkspace> {
        get throws {
            let precondition = try precondition
            return { try precondition.check(WorkspaceBody($0)) }
        }
    }
}

extension WorkspaceBody {
    init(_ seen: SeenWorkspace) {
        self.init(
            id: seen.workspace.id, name: seen.workspace.name, ownerId: seen.workspace.ownerId,
            permissions: seen.permissions.rawValue, createdAt: seen.workspace.createdAt)
    }
}
