using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

/// <summary>The OpenAPI document is complete, and nobody's but of those who are signed in.</summary>
[Category("X10")]
public sealed class ApiDocumentTests
{
    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task Every_endpoint_under_api_stands_in_the_document(string name)
    {
        await using var tier = await RunningTier.Start(name);
        using var client = await tier.SignIn(Role.Viewer);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        var written = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(o => o.Name != "parameters").Select(o => o.Name.ToUpperInvariant() + " " + path.Name.TrimEnd('/'))).ToHashSet();
        var endpoints = tier.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => ("/" + e.RoutePattern.RawText!.TrimStart('/')).StartsWith("/api/", StringComparison.Ordinal)).ToList();
        // A socket has no method that the document knows; there is one, and only a page of ours opens it.
        var sockets = endpoints.Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>() is null).Select(e => e.RoutePattern.RawText!.Trim('/'));
        Assert.That(sockets, Is.EquivalentTo(name == "site" ? new[] { "api/linkage/recordings/{id:guid}/screen" } : []));
        var mapped = endpoints.Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>() is not null)
            .SelectMany(e => e.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(m => m + " /" + Regex.Replace(e.RoutePattern.RawText!.Trim('/'), ":[a-z]+}", "}"))).ToHashSet();
        TestContext.Out.WriteLine($"{mapped.Count} endpoints");
        Assert.That(mapped, Has.Count.GreaterThan(5));
        Assert.That(written, Is.EquivalentTo(mapped));
        Assert.That(document.RootElement.GetProperty("components").GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme").GetString(), Is.EqualTo("bearer"));
        var ids = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value.GetProperty("operationId").GetString()).ToList();
        Assert.That(ids, Is.Unique);
    }

    [Test]
    public async Task A_stranger_does_not_get_the_document()
    {
        await using var tier = await RunningTier.Start("cloud");
        using var client = tier.Client(followRedirects: false);
        using var answer = await client.GetAsync("/openapi/v1.json");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        using var token = await tier.WithToken("access.users.read");
        Assert.That(await token.GetStringAsync("/openapi/v1.json"), Does.Contain("/api/access/users"));
    }
}
