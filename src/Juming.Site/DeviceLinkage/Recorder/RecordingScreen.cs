using System.Net.WebSockets;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>The socket between a person's browser and the console: pictures out, hand in. Who may not record does not get as far as a socket.</summary>
internal sealed class RecordingScreen(RecordingDesk desk, Sender sender, ILoggerFactory loggers)
{
    private const int MostBytes = 16 * 1024;
    private const int MostInputsPerSecond = 200;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(80);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Answers a request for the screen.</summary>
    public async Task Serve(HttpContext http, Guid id)
    {
        var seen = await sender.Send(new GetRecording(id), http.RequestAborted);
        if (seen.Error is { } error)
        {
            await error.ToHttp().ExecuteAsync(http);
            return;
        }
        // The socket belongs to this one place; the rest of the tier has none of its own.
        await new WebSocketMiddleware(inner => Upgrade(inner, id), Options.Create(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) }), loggers).Invoke(http);
    }

    private async Task Upgrade(HttpContext http, Guid id)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await LinkageErrors.NotForSockets.ToHttp().ExecuteAsync(http);
            return;
        }
        if (desk.Hand(id) is not { } hand)
        {
            await LinkageErrors.RecordingEnded.ToHttp().ExecuteAsync(http);
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var sending = Send(socket, hand, id, gone.Token);
        await Task.WhenAny(sending, Receive(socket, hand, id, gone.Token));
        await gone.CancelAsync();
        await sending;
    }

    /// <summary>Sends the newest picture when there is another; a slow line gets fewer. Asks again and again whether the person may still look.</summary>
    private async Task Send(WebSocket socket, HandWork hand, Guid id, CancellationToken ct)
    {
        var shown = -1;
        try
        {
            using var timer = new PeriodicTimer(Beat);
            for (var beat = 1; await timer.WaitForNextTickAsync(ct); beat++)
            {
                hand.Watched();
                if (desk.Hand(id) is null || (beat % 60 == 0 && !(await sender.Poll(new GetRecording(id), ct)).Succeeded)) break;
                if (hand.Pictures == shown || hand.Picture is not { Length: > 0 } picture) continue;
                shown = hand.Pictures;
                await socket.SendAsync(picture, WebSocketMessageType.Binary, true, ct);
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "ended", ct);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The person is gone; the recording waits a moment for them to come back.
        }
    }

    private async Task Receive(WebSocket socket, HandWork hand, Guid id, CancellationToken ct)
    {
        var buffer = new byte[MostBytes];
        var (second, taken) = (Environment.TickCount64 / 1000, 0);
        try
        {
            while (await Message(socket, buffer, ct) is { } length)
            {
                var now = Environment.TickCount64 / 1000;
                if (now != second) (second, taken) = (now, 0);
                if (++taken > MostInputsPerSecond || Read(buffer.AsSpan(0, length)) is not { } input) continue;
                if (input.T == "bye")
                {
                    await desk.End(id);
                    return;
                }
                // What only the person's page may ask for is not taken from a movement of the hand.
                if (input.T is "move" or "down" or "up" or "wheel" or "text" or "key" or "mark") hand.Take(input);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            return;
        }
    }

    private static async Task<int?> Message(WebSocket socket, byte[] buffer, CancellationToken ct)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return length;
            // Longer than any movement of a hand.
            if (length == buffer.Length) return null;
        }
    }

    private static HandInput? Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize<HandInput>(message, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
