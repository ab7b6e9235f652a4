import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func createOrganization(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewOrganizationBody.self)
        let change = useCases.createOrganization(
            try OrganizationDraft(
                name: body.name, slug: body.slug, externalId: body.externalId),
            by: request.caller)
        return try await request.commit(
            change, current: .exists, kept: { Self.created($0, showsKey: false) },
            answer: { Self.created($0).tagged })
    }

    private static func created(
        _ details: OrganizationDetails, showsKey: Bool = true
    ) -> Response {
        .created(
            OrganizationDetailsBody(details, showsKey: showsKey),
            location: "/api/organizations/\(details.organization.id)")
    }

    func listOrganizations(_ request: RequestContext) throws -> Response {
        let page = try useCases.listOrganizations(
            of: try request.query("userId"), search: try Text.search(try request.query("search")),
            try request.page(), by: request.caller)
        return .list(page.map { OrganizationBody($0.organization, role: $0.role) }, for: request)
    }

    func getOrganization(_ request: RequestContext) async throws -> Response {
        let details = try await useCases.getOrganization(
            try request.organization, by: request.caller)
        return .resource(OrganizationDetailsBody(details))
    }

    func updateOrganization(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(OrganizationPatchBody.self)
        let update = try OrganizationUpdate(
            name: try body.name.required("/name"), slug: try body.slug.required("/slug"),
            externalId: body.externalId)
        let change = useCases.updateOrganization(
            try request.organization, update, by: request.caller)
        return try await request.commit(change, current: .organization) {
            .resource(OrganizationDetailsBody($0))
        }
    }

    func deleteOrganization(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteOrganization(try request.organization, by: request.caller),
            current: .organization
        ) { .noContent }
    }

    func rotateKey(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.rotateRegistryKey(of: try request.organization, by: request.caller),
            current: .organization,
            kept: { _ in .json(NpmRegistryKeyBody(npmRegistryKey: nil)) },
            answer: { .json(NpmRegistryKeyBody(npmRegistryKey: $0)) })
    }
}

extension Current<OrganizationDetails> {
    fileprivate static var organization: Self { .shown { OrganizationDetailsBody($0) } }
}

extension OrganizationBody {
    init(_ organization: Organization, role: String) {
        self.init(
            id: organization.id, name: organization.name, slug: organization.slug,
            createdAt: organization.createdAt, memberCount: organization.memberCount,
            externalId: organization.externalId, role: role)
    }
}

extension OrganizationDetailsBody {
    init(_ details: OrganizationDetails, showsKey: Bool = true) {
        self.init(
            OrganizationBody(details.organization, role: ""), role: details.role?.name,
            members: details.members.map { MemberBody($0) },
            roles: details.roles.map { RoleBody($0) },
            storageConfig: StorageConfigBody(details.storage),
            npmRegistryKey: showsKey ? details.registryKey : nil)
    }
}
