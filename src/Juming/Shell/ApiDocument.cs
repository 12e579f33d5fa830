using System.Text.RegularExpressions;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Juming.Shell;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c>: every endpoint under <c>/api</c>, with its ways of signing in and its refusals. It tells nothing
/// that is not in the manual, but only to those who are signed in: what a host can do is nobody else's business.
/// </summary>
internal static partial class ApiDocument
{
    private const string Token = "token";
    private const string Session = "session";
    private const string Refusal = "Refusal";

    public static void Add(IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = endpoint => ("/" + endpoint.RelativePath).StartsWith("/api/", StringComparison.Ordinal);
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(Complete);
    });

    public static void Map(WebApplication app) =>
        app.MapOpenApi("/openapi/{documentName}.json").AddEndpointFilter(async (context, next) =>
        {
            var actor = await context.HttpContext.RequestServices.GetRequiredService<Platform.Access.IActorSource>().Current(context.HttpContext.RequestAborted);
            return actor.Kind == Platform.Access.ActorKind.Nobody ? Platform.Http.Problems.ToHttp(Platform.Access.AccessErrors.NotSignedIn) : await next(context);
        });

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var tier = context.ApplicationServices.GetRequiredService<TierContext>();
        document.Info.Title = $"Juming, {tier.Tier.Name} tier";
        document.Info.Version = context.ApplicationServices.GetRequiredService<TierContextTitle>().Version;
        document.Info.Description = "Instants are UTC in ISO 8601 form. Refusals are problem details (RFC 9457) with a stable lower-case code. A token holds scopes, which are permissions; calls with a session cookie that change something also carry the header RequestVerificationToken.";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token: jm_…" },
            [Session] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = $"__Host-juming-{tier.Tier.Name}", Description = "The session of a person in the console." },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Refusal] = ShapeOfRefusal();
        document.Security = [Requirement(Token), Requirement(Session)];
        return Task.CompletedTask;

        OpenApiSecurityRequirement Requirement(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
    }

    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var path = context.Description.RelativePath ?? "";
        var module = path.Split('/')[1];
        operation.Tags = new HashSet<OpenApiTagReference> { new(module, context.Document) };
        operation.OperationId ??= (context.Description.HttpMethod ?? "any").ToLowerInvariant() + Words().Replace(path["api".Length..], m => m.Groups[1].Value.ToUpperInvariant());
        operation.Responses ??= [];
        foreach (var (status, text) in Refusals)
            operation.Responses.TryAdd(status, new OpenApiResponse { Description = text, Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Refusal, context.Document) } } });
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RawBody>().FirstOrDefault() is { } body)
            operation.RequestBody = new OpenApiRequestBody { Description = body.Description, Required = true, Content = body.ContentTypes.ToDictionary(t => t, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }) };
        foreach (var header in metadata.OfType<TakesHeader>())
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = header.Name, In = ParameterLocation.Header, Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = header.MostCharacters } });
        return Task.CompletedTask;
    }

    private static OpenApiSchema ShapeOfRefusal() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A refusal (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "urn:juming:error: and the code" },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "English sentence that says what to do next" },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, lower-case, dotted" },
            ["arguments"] = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String } },
            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Field of the request that is wrong" },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static readonly (string Status, string Text)[] Refusals =
    [
        ("400", "Not well formed; `code` and `field` tell what."), ("401", "Nobody is signed in."), ("403", "The permission is not held, or identity must be confirmed first."),
        ("404", "There is no such item, or it is outside the caller's scope."), ("409", "The state forbids it."), ("503", "A limit is reached; later may work."),
    ];

    [GeneratedRegex("[^A-Za-z0-9]+([A-Za-z0-9]?)")]
    private static partial Regex Words();
}
