namespace Juming.Architecture.Tests.Planted;

/// <summary>Goes its own way out.</summary>
internal static class PlantedClient
{
    public static HttpMessageInvoker Make() => new(new SocketsHttpHandler());
}
