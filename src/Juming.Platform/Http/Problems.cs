using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Http;

namespace Juming.Platform.Http;

/// <summary>The one place that maps results to HTTP: the value as JSON, or problem details with the stable code.</summary>
public static class Problems
{
    /// <summary>HTTP status of a refusal.</summary>
    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => StatusCodes.Status400BadRequest,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>The answer for a result.</summary>
    public static IResult ToHttp<T>(this Result<T> result) =>
        result.Error is { } error ? error.ToHttp() : typeof(T) == typeof(Done) ? Results.NoContent() : Results.Json(result.Value);

    /// <summary>The answer for a refusal.</summary>
    public static IResult ToHttp(this Error error) => Results.Problem(
        statusCode: StatusOf(error.Kind), title: error.ToString(), type: "urn:juming:error:" + error.Code,
        extensions: new Dictionary<string, object?> { ["code"] = error.Code, ["arguments"] = error.Arguments, ["field"] = error.Field });
}
