import Contract
import Kernel

extension EntityRoutes {
    static let versions = EndpointGroup(
        "Versions", "What is published of an entity. A version never changes once it is pushed.",
        path: [entityId, Member("version", "The version, as it was pushed.", .version)],
        [pushVersion, listVersions, getVersion])

    public static let pushVersion = Endpoint(
        "pushVersion", .post, "/api/entities/{entityId}/versions", scopes: write,
        summary: "Push a version; publishers only",
        details: "It must be greater than the latest by precedence, unless it is a backport.",
        takes: .json(NewVersionBody.self), answers: .created(VersionBody.self, tagged: true),
        problems: [
            notPublisher, userDeleted, accessUnknown,
            .conflict(
                "version_exists", "It exists already; build metadata makes no difference."),
            .conflict(
                "version_not_greater", "It is below the latest, and `backport` is not set."),
            .quotaExceeded("versions pushed by the caller"),
        ])
    public static let listVersions = Endpoint(
        "listVersions", .get, "/api/entities/{entityId}/versions",
        summary: "The versions of an entity", details: "The one pushed last comes first.",
        answers: .list(of: VersionBody.self), problems: [accessUnknown])
    public static let getVersion = Endpoint(
        "getVersion", .get, "/api/entities/{entityId}/versions/{version}",
        summary: "One version of an entity", answers: .ok(VersionBody.self, "The version."),
        problems: [accessUnknown])

    static let installations = EndpointGroup(
        "Installations",
        "A user's note that he uses an entity, in a version. Anyone with access may install; an "
            + "installation outlasts the access, but is of no use then.", path: [entityId],
        [installEntity, uninstallEntity, listInstallations])

    public static let installEntity = Endpoint(
        "installEntity", .put, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Install an entity for the caller, or another version of it",
        details: "Without a body, the latest version. A version that does not exist is 422.",
        takes: .optional(InstallBody.self),
        answers: .created(InstallationBody.self, "Installed.", located: false),
        .ok(InstallationBody.self, "It was installed before; this is what it is now."),
        problems: [
            userDeleted, accessUnknown, .quotaExceeded("installations of the caller"),
        ])
    public static let uninstallEntity = Endpoint(
        "uninstallEntity", .delete, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Remove the caller's installation", answers: .noContent)
    public static let listInstallations = Endpoint(
        "listInstallations", .get, "/api/installations", summary: "The caller's installations",
        answers: .list(of: InstallationBody.self), problems: [accessUnknown])
}
