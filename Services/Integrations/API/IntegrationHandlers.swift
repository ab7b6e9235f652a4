import Contract
import HTTPCore
import IntegrationsContract
import Kernel
import ServiceKit

extension IntegrationsAPI {
    func listIntegrations(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listIntegrations(
            of: try request.query("userId"), search: try Text.search(try request.query("search")),
            try request.page(), by: request.caller)
        return .list(
            page.map { body(of: $0) }, as: IntegrationRelations.integration, for: request
        ) { links in
            for (relation, link) in IntegrationRootLinks.fixed(below: base) {
                links.member(relation, link)
            }
            links.member("curies")
            links.append(array: IntegrationRootLinks.curies(below: base)) { $1.write(to: &$0) }
        }
    }

    func createIntegration(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewIntegrationBody.self)
        let draft = try IntegrationDraft(
            name: body.name, slug: body.slug, description: body.description,
            externalId: body.externalId)
        let write = useCases.createIntegration(draft, by: request.caller)
        return try await request.commit(write, current: .exists) {
            .created(
                self.body(of: $0), location: "/api/integrations/\($0.integration.id)"
            ).tagged.hal
        }
    }

    func getIntegration(_ request: RequestContext) async throws -> Response {
        let found = try await useCases.getIntegration(
            try request.integration, by: request.caller)
        return .resource(body(of: found)).hal
    }

    func updateIntegration(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(IntegrationPatchBody.self)
        let update = try IntegrationUpdate(
            name: body.name, slug: body.slug, description: body.description,
            externalId: body.externalId)
        return try await request.commit(
            useCases.updateIntegration(try request.integration, update, by: request.caller),
            current: .shown { self.body(of: $0) }
        ) { .resource(self.body(of: $0)).hal }
    }

    func deleteIntegration(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteIntegration(try request.integration, by: request.caller),
            current: .shown { body(of: $0) }
        ) { .noContent }
    }

    func getAccess(_ request: RequestContext) async throws -> Response {
        let access = try await useCases.getAccess(
            to: try request.integration, by: request.caller)
        return .resource(IntegrationAccessBody(access)).hal
    }
}

extension RequestContext {
    /// The integration in the path: its id or slug.
    var integration: String { get throws(Fault) { try path("id") } }
}

extension IntegrationsAPI {
    func body(of found: IntegrationWithOwner) -> IntegrationBody {
        let integration = found.integration
        return IntegrationBody(
            id: integration.id, slug: integration.slug, name: integration.name,
            description: integration.description, externalId: integration.externalId,
            ownerId: found.owner.name.text,
            createdAt: integration.createdAt, updatedAt: integration.updatedAt, below: base)
    }
}

extension IntegrationAccessBody {
    init(_ access: IntegrationAccess) {
        let via: String
        switch access.via {
        case .owner: via = "owner"
        case .platformAdmin: via = "platform_admin"
        case .share(let principal): via = principal.name.text
        }
        self.init(accessLevel: access.level.value, via: via)
    }
}
