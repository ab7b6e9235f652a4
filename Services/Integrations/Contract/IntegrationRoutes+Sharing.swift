import Contract
import Kernel

extension IntegrationRoutes {
    static let sharing = EndpointGroup(
        "Sharing",
        "Who else can use an integration, and who owns it. A share gives a user or a team an "
            + "access level; the highest of several counts. Everyone who sees an integration also "
            + "sees its shares and its owner.",
        path: [
            id,
            Member(
                "principalId",
                "`user:<username>` or `team:<teamId>`; the colon can be percent-encoded.",
                .principal.naming(.principal)),
        ],
        [
            listIntegrationShares, getIntegrationShare, shareIntegration, revokeIntegrationShare,
            getIntegrationOwner, transferIntegration,
        ])

    public static let listIntegrationShares = Endpoint(
        "listIntegrationShares", .get, "/api/integrations/{id}/shares",
        summary: "List the shares of an integration with their users and teams",
        details: "Newest first.",
        answers: .list(of: IntegrationShareWithPrincipalBody.self, as: IntegrationRelations.share))
    public static let getIntegrationShare = Endpoint(
        "getIntegrationShare", .get, "/api/integrations/{id}/shares/{principalId}",
        summary: "Get a share", answers: .ok(IntegrationShareBody.self, "The share.").hal)
    public static let shareIntegration = Endpoint(
        "shareIntegration", .put, "/api/integrations/{id}/shares/{principalId}", scopes: share,
        summary: "Share an integration with a user or a team, or change the level of a share",
        details: "Without a body the level is 1. Level 0 doesn't exist: DELETE revokes a share. A "
            + "principal that doesn't exist is 422.",
        takes: .optional(ShareLevelBody.self),
        answers: .ok(IntegrationShareBody.self, "The new or updated share.", tagged: true).hal,
        problems: [
            IntegrationProblems.notManager, .userDeleted, .tooManyUnknownUsers,
            .quotaExceeded("shares of the integration"),
        ])
    public static let revokeIntegrationShare = Endpoint(
        "revokeIntegrationShare", .delete, "/api/integrations/{id}/shares/{principalId}",
        scopes: share, summary: "Revoke a share", answers: .noContent,
        problems: [IntegrationProblems.notManager, .userDeleted])

    // MARK: Ownership

    public static let getIntegrationOwner = Endpoint(
        "getIntegrationOwner", .get, "/api/integrations/{id}/owner",
        summary: "Get the owner of an integration", answers: .ok(OwnerBody.self, "The owner.").hal)
    public static let transferIntegration = Endpoint(
        "transferIntegration", .put, "/api/integrations/{id}/owner", scopes: changeOwner,
        summary: "Transfer an integration to a user or a team; platform admins only",
        details: "To transfer it to a team, the token also needs the scope "
            + "`integration:changeOwnerToTeam`, and the caller must be `data-wizard` or `admin` in "
            + "that team. The former owner keeps only the access that shares give. `If-Match` "
            + "accepts the tag of the owner or of the integration. A new owner that doesn't exist "
            + "is 422.",
        takes: .json(NewOwnerBody.self),
        answers: .ok(IntegrationBody.self, "The integration with its new owner.").hal,
        problems: [
            IntegrationProblems.adminRequired, IntegrationProblems.insufficientTeamRole,
            .userDeleted, .tooManyUnknownUsers,
        ])
}
