// swift-tools-version: 6.2
// The context map: which target may import which. CI builds with
// `--explicit-target-dependency-import-check error`, so nothing else can be imported.
import PackageDescription

/// Warnings are errors and every language mode is strict, in every target.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Overlapping accesses are found by the tests, which run in debug mode. Checking each access to
    // a class's member is a tenth of what a proxied request costs.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func library(_ name: String, _ dependencies: [Target.Dependency], path: String) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path, exclude: ["README.md"],
        swiftSettings: strict)
}

func contract(_ name: String, _ others: [Target.Dependency] = [], path: String) -> Target {
    library(name, others + ["Contract", "Kernel"], path: path)
}

/// A context sees the shared mechanisms, its own contract, and the contracts and clients of those
/// it calls.
func context(
    _ name: String, _ others: [Target.Dependency], path: String,
    exclude: [String] = ["Contract", "Main"]
) -> Target {
    .target(
        name: name,
        dependencies: others + [
            "Contract", "EventLoop", "HTTPClient", "HTTPCore", "HTTPServer", "Kernel",
            "Mail", "OpenAPI", "ServiceKit", "SQLite", "Tracing", "WriteKit",
        ],
        path: path, exclude: ["README.md"] + exclude, swiftSettings: strict)
}

/// The context's executable; its product is named in lower case.
func executable(_ context: String, _ others: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: context + "Main",
        dependencies: [.byName(name: context), "Kernel", "ServiceKit"] + others,
        path: "Services/\(context)/Main", swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
        exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "latchkey",
    products: [
        .executable(name: "gateway", targets: ["GatewayMain"]),
        .executable(name: "entities", targets: ["EntitiesMain"]),
        .executable(name: "organizations", targets: ["OrganizationsMain"]),
        .executable(name: "integrations", targets: ["IntegrationsMain"]),
        .executable(name: "invitations", targets: ["InvitationsMain"]),
    ],
    targets: [
        // Shared: mechanisms without business rules.
        .systemLibrary(name: "CSQLite", path: "Shared/CSQLite"),
        .target(name: "CLinux", path: "Shared/CLinux", exclude: ["README.md"]),
        library("Kernel", ["CLinux"], path: "Shared/Kernel"),
        library("Contract", ["Kernel"], path: "Shared/Contract"),
        library("SQLite", ["Kernel", "CSQLite"], path: "Shared/SQLite"),
        library("HTTPCore", ["Kernel"], path: "Shared/HTTPCore"),
        library("EventLoop", ["CLinux", "Kernel"], path: "Shared/EventLoop"),
        library("HTTPServer", ["EventLoop", "HTTPCore", "Kernel"], path: "Shared/HTTPServer"),
        library("TLS", ["EventLoop"], path: "Shared/TLS"),
        library(
            "HTTPClient", ["CLinux", "EventLoop", "HTTPCore", "Kernel", "TLS"],
            path: "Shared/HTTPClient"),

        library("Leases", ["Contract"], path: "Shared/Leases"),
        library("SCIM", ["Kernel"], path: "Shared/SCIM"),
        library("WriteKit", ["Contract", "Kernel", "SQLite"], path: "Shared/WriteKit"),
        library(
            "Tracing", ["EventLoop", "HTTPClient", "HTTPCore", "Kernel"], path: "Shared/Tracing"),
        library("ObjectStorage", ["EventLoop", "Kernel"], path: "Shared/ObjectStorage"),
        library("OpenAPI", ["Contract", "HTTPCore", "Kernel"], path: "Shared/OpenAPI"),
        library(
            "Mail", ["EventLoop", "HTTPCore", "Kernel", "SQLite", "TLS"], path: "Shared/Mail"),
        library(
            "Webhooks", ["EventLoop", "HTTPClient", "HTTPCore", "Kernel", "TLS"],
            path: "Shared/Webhooks"),
        library(
            "ServiceKit",
            [
                "CLinux", "Contract", "EventLoop", "HTTPClient", "HTTPCore", "HTTPServer",
                "Kernel", "Leases", "Mail", "SQLite", "TLS", "Tracing", "WriteKit",
            ],
            path: "Shared/ServiceKit"),

        library("JOSE", ["Kernel", "ServiceKit", "TLS"], path: "Shared/JOSE"),
        // What people read, and how it looks: languages, the product's brand, mails.
        library(
            "Presentation", ["HTTPCore", "Kernel", "Mail", "ServiceKit"],
            path: "Shared/Presentation"),
        library(
            "Cell",
            [
                "CLinux", "Contract", "EventLoop", "HTTPCore", "HTTPServer", "Kernel",
                "ObjectStorage", "ServiceKit",
            ],
            path: "Shared/Cell"),

        // The contexts: one module each, its contract, and a thin executable.
        contract("GatewayContract", path: "Services/Gateway/Contract"),
        contract("EntitiesContract", path: "Services/Entities/Contract"),
        contract(
            "OrganizationsContract", ["EntitiesContract"], path: "Services/Organizations/Contract"),
        contract("IntegrationsContract", path: "Services/Integrations/Contract"),
        // Webhooks and the feed have every context's events.
        contract(
            "InvitationsContract",
            [
                "EntitiesContract", "GatewayContract", "IntegrationsContract",
                "OrganizationsContract",
            ],
            path: "Services/Invitations/Contract"),
        library(
            "GatewayClient", ["Contract", "GatewayContract", "Leases", "ServiceKit"],
            path: "Services/Gateway/Client"),
        context(
            "Gateway",
            [
                "GatewayContract", "EntitiesContract", "IntegrationsContract",
                "InvitationsContract", "JOSE", "OrganizationsContract", "Presentation", "SCIM",
                "TLS",
            ],
            path: "Services/Gateway",
            exclude: ["Client", "Contract", "IdentityProviders.md", "Main"]),
        executable("Gateway", ["Cell"]),
        context(
            "Entities",
            [
                "EntitiesContract", "GatewayClient", "GatewayContract", "InvitationsContract",
                "Leases", "OrganizationsContract",
            ],
            path: "Services/Entities"),
        executable("Entities"),
        context(
            "Organizations",
            [
                "EntitiesContract", "GatewayClient", "GatewayContract", "ObjectStorage",
                "OrganizationsContract",
            ],
            path: "Services/Organizations"),
        executable("Organizations"),
        context(
            "Integrations", ["GatewayClient", "GatewayContract", "IntegrationsContract"],
            path: "Services/Integrations"),
        executable("Integrations"),
        // The parts of the invitations context: neither kind of invitations knows the other, and
        // what sends events knows neither.
        context(
            "PublicEvents",
            [
                "GatewayClient", "InvitationsContract", "OrganizationsContract", "Presentation",
                "Webhooks",
            ],
            path: "Services/Invitations/PublicEvents", exclude: []),
        context(
            "Inviting", ["InvitationsContract", "Presentation"],
            path: "Services/Invitations/Inviting", exclude: []),
        context(
            "Collaboration",
            [
                "EntitiesContract", "GatewayClient", "InvitationsContract", "Inviting",
                "OrganizationsContract", "Presentation", "PublicEvents",
            ],
            path: "Services/Invitations/Collaboration", exclude: []),
        context(
            "Workspaces",
            [
                "GatewayClient", "InvitationsContract", "Inviting", "Presentation",
                "PublicEvents",
            ],
            path: "Services/Invitations/Workspaces", exclude: []),
        context(
            "Invitations",
            [
                "Collaboration", "EntitiesContract", "GatewayClient", "GatewayContract",
                "InvitationsContract", "Inviting", "Presentation", "PublicEvents", "Webhooks",
                "Workspaces",
            ],
            path: "Services/Invitations",
            exclude: [
                "Collaboration", "Contract", "Inviting", "Main", "PublicEvents", "Workspaces",
            ]),
        executable("Invitations"),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "Contract", "CSQLite", "EventLoop", "GatewayClient", "GatewayContract",
                "HTTPClient", "HTTPCore", "Kernel", "SQLite", "ServiceKit", "WriteKit",
            ],
            path: "Tests/Support", exclude: ["README.md"], swiftSettings: strict),
        tests("KernelTests", ["Kernel"]),
        tests("SQLiteTests", ["Kernel", "SQLite", "CSQLite"]),
        tests("WriteKitTests", ["Contract", "Kernel", "SQLite", "WriteKit"]),
        tests("SCIMTests", ["Kernel", "SCIM"]),
        tests("LeasesTests", ["Contract", "Leases"]),
        tests("MailTests", ["EventLoop", "Kernel", "Mail", "SQLite", "TLS"]),
        tests("PresentationTests", ["Kernel", "Mail", "Presentation", "ServiceKit"]),
        tests("HTTPCoreTests", ["Kernel", "HTTPCore"]),
        tests("HTTPServerTests", ["Kernel", "EventLoop", "HTTPCore", "HTTPServer", "HTTPClient"]),
        tests("TracingTests", ["EventLoop", "HTTPClient", "HTTPCore", "Kernel", "Tracing"]),
        tests(
            "ServiceKitTests",
            [
                "Contract", "EventLoop", "HTTPClient", "HTTPCore", "HTTPServer", "Kernel",
                "Leases", "Mail", "SQLite", "ServiceKit", "Tracing", "WriteKit",
            ]),
        tests(
            "EntitiesTests",
            [
                "Contract", "Entities", "EntitiesContract", "EventLoop", "GatewayClient",
                "GatewayContract", "HTTPCore", "HTTPServer", "Kernel",
                "OrganizationsContract", "SQLite", "ServiceKit", "WriteKit",
            ]),
        tests(
            "OrganizationsTests",
            [
                "Contract", "EntitiesContract", "EventLoop", "GatewayClient", "GatewayContract",
                "HTTPCore", "HTTPServer", "Kernel", "ObjectStorage", "Organizations",
                "OrganizationsContract", "SQLite", "ServiceKit", "WriteKit",
            ]),
        tests(
            "IntegrationsTests",
            [
                "Contract", "EventLoop", "GatewayClient", "GatewayContract", "HTTPCore",
                "HTTPServer", "Integrations", "IntegrationsContract", "Kernel",
                "SQLite", "ServiceKit", "WriteKit",
            ]),
        tests(
            "InvitationsTests",
            [
                "Collaboration", "Contract", "EntitiesContract", "EventLoop", "GatewayClient",
                "GatewayContract", "HTTPCore", "Invitations", "InvitationsContract", "Inviting",
                "Kernel", "Mail", "Presentation", "PublicEvents", "SQLite", "ServiceKit",
                "Webhooks", "Workspaces", "WriteKit",
            ]),
        tests(
            "GatewayTests",
            [
                "Contract", "EntitiesContract", "EventLoop", "Gateway", "GatewayContract",
                "HTTPClient", "HTTPCore", "HTTPServer", "IntegrationsContract",
                "InvitationsContract", "JOSE", "Kernel", "Mail", "OpenAPI", "OrganizationsContract",
                "SCIM",
                "SQLite", "ServiceKit", "Tracing", "WriteKit",
            ]),
        tests(
            "ContractTests",
            [
                "Contract", "Entities", "EntitiesContract", "EventLoop", "Gateway",
                "GatewayContract", "HTTPClient", "HTTPCore", "HTTPServer", "Integrations",
                "IntegrationsContract", "Invitations", "InvitationsContract", "Kernel",
                "Organizations", "OrganizationsContract", "ServiceKit",
            ], exclude: ["Golden"]),
        tests("JOSETests", ["JOSE", "Kernel", "TLS"], exclude: ["Vectors"]),
        tests("CellTests", ["Cell", "EventLoop", "Kernel"]),
        tests("WebhooksTests", ["EventLoop", "Kernel", "TLS", "Webhooks"]),
        tests("ObjectStorageTests", ["EventLoop", "Kernel", "ObjectStorage"]),
        tests(
            "OpenAPITests",
            [
                "Collaboration", "Contract", "Entities", "EntitiesContract", "Gateway",
                "GatewayContract",
                "Integrations", "IntegrationsContract", "Invitations", "InvitationsContract",
                "Inviting", "PublicEvents", "Workspaces", "Kernel", "OpenAPI", "Organizations",
                "OrganizationsContract",
            ]),
        // What reads bytes from outside: for FuzzTests, and for libFuzzer (deploy/fuzz).
        .target(
            name: "FuzzTargets",
            dependencies: [
                "EventLoop", "HTTPCore", "Kernel", "Mail", "ServiceKit", "TestSupport", "Tracing",
            ],
            path: "Tests/Fuzzing/Targets", swiftSettings: strict),
        tests("FuzzTests", ["FuzzTargets", "Kernel"]),
        // Drive the executables, from outside.
        tests(
            "SystemTests",
            [
                "EventLoop", "Kernel", "Mail", "ObjectStorage", "SQLite", "TLS", "Webhooks",
                "EntitiesMain", "GatewayMain", "IntegrationsMain", "InvitationsMain",
                "OrganizationsMain",
            ]),
        tests(
            "TidyTests",
            [
                "Contract", "EntitiesContract", "GatewayContract", "IntegrationsContract",
                "InvitationsContract", "OrganizationsContract",
            ]),
    ]
)
