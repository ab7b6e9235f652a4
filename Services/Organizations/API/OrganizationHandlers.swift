import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func createOrganization(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewOrganizationBody.self)
        let change = try await useCases.createOrganization(
            try OrganizationDraft(name: body.name, slug: body.slug), by: request.caller)
        return try await request.commit(
            change, kept: { Self.withoutKey($0) }, answer: { Self.created($0).tagged })
    }

    private static func created(
        _ details: OrganizationDetails, showsKey: Bool = true
    ) -> Response {
        .created(
            OrganizationDetailsBody(details, showsKey: showsKey),
            location: "/api/organizations/\(details.organization.id)")
    }

    /// With the tag of the organization as a GET shows it, so that who gets this answer, instead of
    /// the first one that was lost, can go on with it.
    private static func withoutKey(_ details: OrganizationDetails) -> Response {
        var kept = created(details, showsKey: false)
        if let tag = created(details).tagged.value("ETag") { kept.add("ETag", tag) }
        return kept
    }

    func listOrganizations(_ request: RequestContext) throws -> Response {
        let page = try useCases.listOrganizations(
            search: try Text.search(try request.query("search")), try request.page(),
            by: request.caller)
        return .list(page.map { OrganizationBody($0.organization, role: $0.role) }, for: request)
    }

    func getOrganization(_ request: RequestContext) async throws -> Response {
        let details = try await useCases.getOrganization(
            try request.organization, by: request.caller)
        return .resource(OrganizationDetailsBody(details))
    }

    func updateOrganization(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(OrganizationPatchBody.self)
        let wanted = try OrganizationChange(
            name: try body.name.required("/name"), slug: try body.slug.required("/slug"))
        let precondition = try request.precondition
        let change = try await useCases.updateOrganization(
            try request.organization, wanted, by: request.caller
        ) { try precondition.check(OrganizationDetailsBody($0)) }
        return try await request.commit(change) { .resource(OrganizationDetailsBody($0)) }
    }

    func deleteOrganization(_ request: RequestContext) async throws -> Response {
        let precondition = try request.precondition
        let expected: OrganizationsUseCases.Expectation<OrganizationDetails> = {
            try precondition.check(OrganizationDetailsBody($0))
        }
        let change = try await useCases.deleteOrganization(
            try request.organization, by: request.caller,
            expecting: precondition.isSet ? expected : nil)
        return try await request.commit(change) { .noContent }
    }

    func rotateKey(_ request: RequestContext) async throws -> Response {
        try await request.commit(
            useCases.rotateRegistryKey(of: try request.organization, by: request.caller),
            kept: { _ in .json(NpmRegistryKeyBody(npmRegistryKey: nil)) },
            answer: { .json(NpmRegistryKeyBody(npmRegistryKey: $0)) })
    }
}

extension OrganizationBody {
    init(_ organization: Organization, role: String) {
        self.init(
            id: organization.id, name: organization.name, slug: organization.slug,
            createdAt: organization.createdAt, memberCount: organization.memberCount, role: role)
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
