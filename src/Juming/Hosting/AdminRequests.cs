using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using MediatR;

namespace Juming.Hosting;

/// <summary>The answer to an administrator's request: the value as JSON, or the refusal; and the address in front of the paths of links.</summary>
public sealed record AdminAnswer(JsonElement? Value, AdminRefusal? Refusal, string Address = "");

/// <summary>A refusal as it crosses the socket.</summary>
public sealed record AdminRefusal(ErrorKind Kind, string Code, string Sentence);

/// <summary>Runs a request that is named by its type's name and given as JSON, as the administrator at the command line.</summary>
internal static class AdminRequests
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new PlainSecret(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private static readonly MethodInfo SendOne = typeof(AdminRequests).GetMethod(nameof(SendAs), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static async Task<AdminAnswer> Run(IServiceProvider services, string name, JsonElement arguments, CancellationToken ct)
    {
        var type = PlatformServices.TypesOf(services.GetRequiredService<IReadOnlyList<Juming.Platform.Modules.Module>>()).FirstOrDefault(t => t.Name == name && PlatformServices.IsRequest(t));
        if (type is null) return new AdminAnswer(null, new AdminRefusal(ErrorKind.NotFound, "admin.no-such-request", $"This tier knows no request '{name}'."));
        object request;
        try
        {
            request = arguments.Deserialize(type, Json)!;
        }
        catch (JsonException e)
        {
            return new AdminAnswer(null, new AdminRefusal(ErrorKind.Invalid, "admin.bad-arguments", e.Message));
        }
        var value = type.GetInterfaces().First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)).GetGenericArguments()[0].GetGenericArguments()[0];
        return await (Task<AdminAnswer>)SendOne.MakeGenericMethod(value).Invoke(null, [services, request, ct])!;
    }

    private static async Task<AdminAnswer> SendAs<T>(IServiceProvider services, object request, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(Actor.CommandLine, (IRequest<Result<T>>)request, ct);
        return result.Error is { } error
            ? new AdminAnswer(null, new AdminRefusal(error.Kind, error.Code, error.ToString()))
            : new AdminAnswer(JsonSerializer.SerializeToElement(result.Value, Json), null);
    }

    /// <summary>Secrets cross the socket as plain text: it belongs to the owner of the data folder alone.</summary>
    private sealed class PlainSecret : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
