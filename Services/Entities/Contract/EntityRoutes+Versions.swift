import Contract
import Kernel

extension EntityRoutes {
    static let versions = EndpointGroup(
        "Versions", "Published versions of an entity. A version never changes once pushed.",
        path: [entityId, Member("version", "The version, exactly as it was pushed.", .version)],
        [createVersion, listVersions, getVersion])

    public static let createVersion = Endpoint(
        "createVersion", .post, "/api/entities/{entityId}/versions", scopes: write,
        summary: "Push a version; publishers only",
        details: "It must be greater than the latest by precedence, unless it is a backport.",
        takes: .json(NewVersionBody.self), answers: .created(VersionBody.self, tagged: true),
        problems: [
            EntityProblems.notPublisher, .userDeleted, EntityProblems.accessUnknown,
            EntityProblems.versionExists, EntityProblems.versionNotGreater,
            .quotaExceeded("versions pushed by the caller"),
        ])
    public static let listVersions = Endpoint(
        "listVersions", .get, "/api/entities/{entityId}/versions",
        summary: "List the versions of an entity", details: "Most recently pushed first.",
        answers: .list(of: VersionBody.self), problems: [EntityProblems.accessUnknown])
    public static let getVersion = Endpoint(
        "getVersion", .get, "/api/entities/{entityId}/versions/{version}",
        summary: "Get a version of an entity", answers: .ok(VersionBody.self, "The version."),
        problems: [EntityProblems.accessUnknown])

    static let installations = EndpointGroup(
        "Installations",
        "Records of which entities a user uses, and in which version. Anyone with access can "
            + "install; an installation outlasts the access but is not usable without it.",
        path: [entityId], [installEntity, uninstallEntity, listInstallations])

    public static let installEntity = Endpoint(
        "installEntity", .put, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Install an entity for the caller, or change the installed version",
        details: "Without a body, the latest version. Returns 422 if the version does not exist.",
        takes: .optional(InstallBody.self),
        answers: .created(InstallationBody.self, "Installed.", located: false),
        .ok(InstallationBody.self, "Already installed; the updated installation."),
        problems: [
            .userDeleted, EntityProblems.accessUnknown,
            .quotaExceeded("installations of the caller"),
        ])
    public static let uninstallEntity = Endpoint(
        "uninstallEntity", .delete, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Remove the caller's installation", answers: .noContent)
    public static let listInstallations = Endpoint(
        "listInstallations", .get, "/api/installations",
        summary: "List the caller's installations",
        answers: .list(of: InstallationBody.self), problems: [EntityProblems.accessUnknown])
}
