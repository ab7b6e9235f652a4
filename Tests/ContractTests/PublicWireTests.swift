import Contract
import EntitiesContract
import GatewayContract
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// Checks the public types against the agreed goldens: a new member must be a decision.
@Suite struct PublicWireTests {
    @Test func `the bodies of the entities context`() throws {
        try check(EntityBody.self, "public-entity")
        try check(ShareBody<EntityBody>.self, "public-share-received")
        try check(ShareBody<EntitySummaryBody>.self, "public-share-given")
        try check(ShareOutcomeBody.self, "public-share-outcome")
        try check(PublisherBody.self, "public-publisher")
        try check(PublisherStatusBody.self, "public-publisher-status")
        try check(VersionBody.self, "public-version")
        try check(InstallationBody.self, "public-installation")
        try check(AccessBody.self, "public-access-suspended")
        try check(AccessResultsBody.self, "public-access-results")
        try check(AccessRevocationBody.self, "public-access-revocation")
        try check(PeopleBody.self, "public-people")
        try check(AccessResultsBody.self, "public-access-results-refused")
    }

    @Test func `the bodies of the gateway`() throws {
        try check(UserBody.self, "public-user")
        try check(MeBody.self, "public-me")
        try check(TokenBody.self, "public-token-created")
        try check(AuditEntryBody.self, "public-audit-entry")
        try check(OperationBody.self, "public-operation")
        try check(BrandingBody.self, "public-branding")
        try check(HealthBody.self, "public-health")
    }

    @Test func `the product's branding`() throws {
        let branding = try Golden.value("public-branding", as: BrandingBody.self)
        #expect(JSON.text(branding) == (try Golden.text("public-branding")))
    }

    @Test func `the bodies of the organizations context`() throws {
        try check(OrganizationBody.self, "public-organization")
        try check(OrganizationDetailsBody.self, "public-organization-details")
        try check(MemberBody.self, "public-member")
        try check(RoleBody.self, "public-role")
        try check(StorageConfigBody.self, "public-storage-external")
        try check(PublicationBody.self, "public-publication")
        try check(PublicStoreBody.self, "public-public-store")
        try check(NpmRegistryKeyBody.self, "public-npm-key")
    }

    @Test func `nested bodies of the organizations context`() throws {
        let storage = try Golden.value("public-storage-external", as: StorageConfigBody.self)
        let external = JSONValue(try Golden.bytes("public-storage-external"))?["external"]
        #expect(members(of: try #require(storage.external)) == external?.names)
        let publication = try Golden.value("public-publication", as: PublicationBody.self)
        let entity = JSONValue(try Golden.bytes("public-publication"))?["entity"]
        #expect(members(of: publication.entity) == entity?.names)
    }

    @Test func `the bodies of the integrations context`() throws {
        try check(IntegrationBody.self, "public-integration")
        try check(IntegrationAccessBody.self, "public-integration-access")
        try check(IntegrationShareBody.self, "public-integration-share")
        try check(IntegrationShareWithPrincipalBody.self, "public-integration-share-listed")
        try check(OwnerBody.self, "public-integration-owner-user")
        try check(OwnerBody.self, "public-integration-owner-team")
        try check(TeamBody.self, "public-team")
        try check(TeamMemberBody.self, "public-team-member")
    }

    @Test func `nested bodies of the integrations context`() throws {
        let integration = try Golden.value("public-integration", as: IntegrationBody.self)
        let links = JSONValue(try Golden.bytes("public-integration"))?["_links"]
        #expect(members(of: integration.links) == links?.names)
        let team = try Golden.value("public-team", as: TeamBody.self)
        let teamLinks = JSONValue(try Golden.bytes("public-team"))?["_links"]
        #expect(members(of: team.links) == teamLinks?.names)
        let share = try Golden.value(
            "public-integration-share-listed", as: IntegrationShareWithPrincipalBody.self)
        let principal = JSONValue(try Golden.bytes("public-integration-share-listed"))
        #expect(members(of: share.principal) == principal?["principal"]?.names)
    }

    @Test func `the links of the integrations context's root`() throws {
        struct Root: Codable {
            let _links: IntegrationRootLinks
        }
        let golden = JSONValue(try Golden.bytes("public-integration-root"))
        let root = try Golden.value("public-integration-root", as: Root.self)
        #expect(JSONValue(JSON.encode(root))?["_links"] == golden?["_links"])
        #expect(members(of: root._links).count == golden?["_links"]?.names.count)
    }

    @Test func `the bodies of the invitations context`() throws {
        try check(InvitationBody.self, "public-invitation")
        try check(CollaboratorBody.self, "public-collaborator")
        try check(BulkResultsBody.self, "public-bulk-results")
        try check(ClaimedBody.self, "public-claimed")
    }

    @Test func `invitations as their invitees see them`() throws {
        let received = try Golden.value(
            "public-invitation-received", as: ReceivedInvitationBody.self)
        #expect(JSON.text(received) == (try Golden.text("public-invitation-received")))
        let toWorkspace = try Golden.value(
            "public-workspace-invitation-received", as: ReceivedWorkspaceInvitationBody.self)
        #expect(
            JSON.text(toWorkspace) == (try Golden.text("public-workspace-invitation-received")))
    }

    @Test func `nested bodies of the invitations context`() throws {
        let bulk = try Golden.value("public-bulk-results", as: BulkResultsBody.self)
        let golden = JSONValue(try Golden.bytes("public-bulk-results"))?["results"]
        let (created, failed) = (golden?[0]?.names ?? [], golden?[1]?.names ?? [])
        let names = Set(created + failed)
        for result in bulk.results { #expect(Set(members(of: result)) == names) }
        let problem = try #require(bulk.results[1].problem)
        let inside = golden?[1]?["problem"]?.names ?? []
        #expect(flat(members(of: problem)) == flat(inside))
    }

    @Test func `a delivery with its request and response`() throws {
        let name = "public-webhook-delivery"
        let body = try Golden.value(name, as: DeliveryDetailsBody.self)
        #expect(JSON.text(body) == (try Golden.text(name)))
        let golden = JSONValue(try Golden.bytes(name))
        let own = members(of: body.delivery) + ["request", "response"]
        #expect(flat(own) == flat(golden?.names ?? []))
        let request = try #require(body.request)
        #expect(flat(members(of: request)) == flat(golden?["request"]?.names ?? []))
        let response = try #require(body.response)
        #expect(flat(members(of: response)) == flat(golden?["response"]?.names ?? []))
        for header in request.headers + response.headers {
            #expect(members(of: header) == ["name", "value"])
        }
    }

    @Test func `the bodies of workspaces`() throws {
        try check(WorkspaceBody.self, "public-workspace")
        try check(SharedUserBody.self, "public-shared-user")
        try check(WorkspaceInvitationBody.self, "public-workspace-invitation")
        try check(WorkspaceInvitationEventBody.self, "public-workspace-invitation-event")
        try check(WorkspaceMemberEventBody.self, "public-workspace-member-event")
    }

    @Test func `nested bodies of workspace events`() throws {
        let invitation = try Golden.value(
            "public-workspace-invitation-event", as: WorkspaceInvitationEventBody.self)
        let inside = JSONValue(try Golden.bytes("public-workspace-invitation-event"))?["data"]
        #expect(flat(members(of: invitation.data)) == flat(inside?.names ?? []))
        let member = try Golden.value(
            "public-workspace-member-event", as: WorkspaceMemberEventBody.self)
        let data = JSONValue(try Golden.bytes("public-workspace-member-event"))?["data"]
        #expect(flat(members(of: member.data)) == flat(data?.names ?? []))
    }

    @Test func `optional members are left out, nullable ones are null`() throws {
        let share = try Golden.value("public-share", as: ShareBody<EntityBody>.self)
        #expect(JSON.text(share) == (try Golden.text("public-share")))
        let token = try Golden.value("public-token", as: TokenBody.self)
        #expect(JSON.text(token) == (try Golden.text("public-token")))
        let managed = try Golden.value("public-storage-managed", as: StorageConfigBody.self)
        #expect(JSON.text(managed) == (try Golden.text("public-storage-managed")))
        for name in ["public-access", "public-access-store"] {
            let access = try Golden.value(name, as: AccessBody.self)
            #expect(JSON.text(access) == (try Golden.text(name)))
        }
        #expect(JSON.text(NpmRegistryKeyBody(npmRegistryKey: nil)) == "{}")
    }

    /// The type reads and writes exactly the golden, and has no other members.
    private func check<Body: Codable>(_ type: Body.Type, _ name: String) throws {
        let body = try Golden.value(name, as: type)
        let golden = try Golden.text(name)
        #expect(JSON.text(body) == golden, "\(name)")
        let names = JSONValue(Array(golden.utf8))?.names ?? []
        #expect(flat(members(of: body)) == flat(names), "\(name)")
    }

    private func members(of body: Any) -> [String] {
        Mirror(reflecting: body).children.compactMap(\.label).map(plain).sorted()
    }

    /// A wrapped property is stored with an underscore, and HAL's own members have one.
    private func plain(_ name: String) -> String {
        name.hasPrefix("_") ? String(name.dropFirst()) : name
    }

    /// snake_case in JSON is camelCase here.
    private func flat(_ names: [String]) -> [String] {
        names.map { $0.lowercased().replacing("_", with: "") }.sorted()
    }
}
