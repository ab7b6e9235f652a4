import Contract
import Kernel

/// Every public route of the integrations context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, and OpenAPI and the reference page are made from them.
///
/// The caller's token must have the scopes named here. Whether the caller can act on a certain
/// integration or team depends on data, so the service decides it.
public enum IntegrationRoutes {
    static let write = ["integration:write"]
    static let share = ["integration:share"]
    static let changeOwner = ["integration:changeOwner"]
    /// Required if the new owner is a team, which only the body tells: the service checks it.
    public static let changeOwnerToTeam = ["integration:changeOwnerToTeam"]

    /// In the order of the product's reference.
    public static let groups = [integrations, sharing, teams]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let id = Member(
        "id", "The id or slug of the integration.", .id(like: "int_").naming(.integration))

    // MARK: Integrations

    static let integrations = EndpointGroup(
        "Integrations",
        "Connections between the platform and external systems. The owner of an integration is a "
            + "user or a team, and it can be shared with principals (`user:<username>`, "
            + "`team:<teamId>`). Responses are HAL. `GET /api/integrations` is the root: its links "
            + "and templates (RFC 6570) lead to integrations (`inf:find`), shares "
            + "(`inf:find-share`), the caller's access (`inf:access`) and teams (`inf:teams`, "
            + "`inf:team`). Embedded objects are `inf:integration`, `inf:integration-share`, "
            + "`inf:user`, `inf:team` and `inf:team-member`.",
        path: [id],
        [
            listIntegrations, createIntegration, getIntegration, updateIntegration,
            deleteIntegration, getIntegrationAccess,
        ])

    public static let listIntegrations = Endpoint(
        "listIntegrations", .get, "/api/integrations",
        summary: "List the integrations that the caller or another user can see",
        details: "Newest first. A user sees the integrations that they or one of their teams own "
            + "or have a share of; platform admins see all. The links lead to everything else.",
        query: [search, .userWithAccess],
        answers: .list(
            of: IntegrationBody.self, as: IntegrationRelations.integration,
            links: IntegrationRootLinks.self), problems: [.insufficientScope])
    public static let createIntegration = Endpoint(
        "createIntegration", .post, "/api/integrations", scopes: write,
        summary: "Create an integration",
        details: "The caller becomes its owner.",
        takes: .json(NewIntegrationBody.self),
        answers: .created(IntegrationBody.self, tagged: true).hal,
        problems: [
            .slugTaken, .externalIdTaken, .adminTokenRequired, .userDeleted,
            .quotaExceeded("integrations created by the caller"),
        ])
    public static let getIntegration = Endpoint(
        "getIntegration", .get, "/api/integrations/{id}", summary: "Get an integration",
        answers: .ok(IntegrationBody.self, "The integration.").hal)
    public static let updateIntegration = Endpoint(
        "updateIntegration", .patch, "/api/integrations/{id}", scopes: write,
        summary: "Update an integration's name, slug or description",
        details: "Absent members stay unchanged; `null` clears the description.",
        takes: .json(IntegrationPatchBody.self),
        answers: .ok(IntegrationBody.self, "The updated integration.", tagged: true).hal,
        problems: [
            IntegrationProblems.notManager, .slugTaken, .externalIdTaken, .adminTokenRequired,
            .userDeleted,
        ])
    public static let deleteIntegration = Endpoint(
        "deleteIntegration", .delete, "/api/integrations/{id}", scopes: write,
        summary: "Delete an integration and its shares",
        details: "For its owner, `admin`s of the team that owns it, and platform admins.",
        answers: .noContent, problems: [IntegrationProblems.notOwner, .userDeleted])
    public static let getIntegrationAccess = Endpoint(
        "getIntegrationAccess", .get, "/api/integrations/{id}/access",
        summary: "Get the caller's effective access to an integration",
        details: "The highest level of all shares of the caller and their teams; `via` is the "
            + "principal whose share gives it. Owners, including members of an owning team, have "
            + "the highest possible level via `owner`, and platform admins via `platform_admin`.",
        answers: .ok(IntegrationAccessBody.self, "The caller's access.").hal)

    static let search = Member(
        "search", "Part of the name or slug, case-insensitive.", .search(), example: "crm")
}
