using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Juming.Platform.Http;

/// <summary>A body that an endpoint reads itself; described only, so that a sender with another content type is not turned away.</summary>
/// <param name="Description">What is in it.</param>
/// <param name="ContentTypes">Usual types.</param>
public sealed record RawBody(string Description, params string[] ContentTypes);

/// <summary>A header of the request that an endpoint reads itself.</summary>
/// <param name="Name">Name.</param>
/// <param name="Description">What it does.</param>
/// <param name="MostCharacters">Longest value that is taken.</param>
public sealed record TakesHeader(string Name, string Description, int MostCharacters);

/// <summary>What an endpoint tells of itself in the OpenAPI document. A test holds it against what the endpoint answers.</summary>
public static class Described
{
    /// <summary>It answers a value as JSON; no content for <see cref="Done"/>.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, string summary) =>
        typeof(T) == typeof(Done) ? endpoint.WithSummary(summary).Produces(StatusCodes.Status204NoContent) : endpoint.WithSummary(summary).Produces<T>();

    /// <summary>It answers a file.</summary>
    public static RouteHandlerBuilder AnswersFile(this RouteHandlerBuilder endpoint, string summary, string contentType, params string[] others) =>
        endpoint.WithSummary(summary).Produces(StatusCodes.Status200OK, typeof(Stream), contentType, others);

    /// <summary>It reads the body itself.</summary>
    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder endpoint, string description, params string[] contentTypes) => endpoint.WithMetadata(new RawBody(description, contentTypes));

    /// <summary>It reads a header itself.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, string header, string description, int mostCharacters) => endpoint.WithMetadata(new TakesHeader(header, description, mostCharacters));
}
