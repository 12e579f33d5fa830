using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Juming.Testing.FakeMessengers;

/// <summary>The interfaces of the messengers, as their documentation has them.</summary>
internal static class FakeRoutes
{
    private const int RobotPerMinute = 20;
    private const int FeishuPerMinute = 100;

    public static void Map(WebApplication app, FakeMessengers fake)
    {
        app.MapPost("/cgi-bin/webhook/send", http => WeComRobot(fake, http));
        app.MapGet("/cgi-bin/gettoken", http => WeComToken(fake, http));
        app.MapPost("/cgi-bin/message/send", http => WeComApp(fake, http));
        app.MapPost("/cgi-bin/message/update_template_card", http => WeComCard(fake, http));
        app.MapPost("/robot/send", http => DingTalk(fake, http));
        app.MapPost("/open-apis/bot/v2/hook/{hook}", http => Feishu(fake, http));
        app.MapPost("/hook", http => Webhook(fake, http));
        app.MapGet("/__fake/{provider}", (string provider) => Results.Json(fake.Received(provider).Select(r => r.Body)));
        app.MapPost("/__fake/{provider}", (string provider, FakeReply reply) => fake.Script(provider, reply));
        app.MapDelete("/__fake/{provider}", (string provider) => fake.Reset());
    }

    private static async Task WeComRobot(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("wecom-robot", http) is not { } request) return;
        var key = http.Request.Query["key"].ToString();
        if (key != fake.WeCom.RobotKey) await Code(http, 93000, "invalid webhook url");
        else if (fake.TooFast("wecom-robot", RobotPerMinute)) await http.Response.WriteAsync("{\"status\":1111,\"wait\":5,\"punish\":\"deny\",\"errcode\":130101,\"errmsg\":\"send too fast, exceed 20 times per minute\"}");
        else if (request.Body.GetProperty("msgtype").GetString() != "text") await Code(http, 40008, "invalid message type");
        else if (Bytes(request.Body.GetProperty("text"), "content") is 0 or > 2048) await Code(http, 40058, "text.content exceed max length 2048");
        else await Taken(fake, "wecom-robot", request.Body, http);
    }

    private static async Task WeComToken(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("wecom-token", http) is null) return;
        if (http.Request.Query["corpid"] != fake.WeCom.Corp) await Code(http, 40013, "invalid corpid");
        else if (http.Request.Query["corpsecret"] != fake.WeCom.Secret) await Code(http, 40001, "invalid credential");
        else await http.Response.WriteAsync(JsonSerializer.Serialize(new { errcode = 0, errmsg = "ok", access_token = fake.WeCom.NewToken(), expires_in = 7200 }));
    }

    private static async Task WeComApp(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("wecom-app", http) is not { } request) return;
        var (body, type) = (request.Body, request.Body.GetProperty("msgtype").GetString()!);
        var content = body.GetProperty(type);
        var isTooLong = type switch
        {
            "textcard" => Bytes(content, "title") is 0 or > 128 || Bytes(content, "description") is 0 or > 512 || Bytes(content, "url") is 0 or > 2048,
            "template_card" => !IsGoodCard(content),
            "text" => Bytes(content, "content") is 0 or > 2048,
            _ => true,
        };
        if (http.Request.Query["access_token"] != fake.WeCom.Token) await Code(http, fake.WeCom.Token == "expired" ? 42001 : 40014, "access_token expired");
        else if (isTooLong) await Code(http, 40058, "invalid Request Parameter");
        else if (body.GetProperty("agentid").GetInt64() != fake.WeCom.Agent) await Code(http, 40056, "invalid agentid");
        else if (body.GetProperty("touser").GetString()!.Split('|').FirstOrDefault(u => !fake.WeCom.Users.Contains(u)) is { } unknown) await http.Response.WriteAsync(JsonSerializer.Serialize(new { errcode = 0, errmsg = "ok", invaliduser = unknown, msgid = "m" }));
        else if (body.GetProperty("enable_duplicate_check").GetInt32() == 1 && !fake.WeCom.Seen.Add(Encoding.UTF8.GetString(request.Bytes)))
        {
            fake.WeCom.Duplicates++;
            await Code(http, 0, "ok");
        }
        else
        {
            fake.Take("wecom-app", body, http.Request.Headers);
            var code = type == "template_card" && content.GetProperty("card_type").GetString() == "button_interaction" ? fake.WeCom.NewCode(content.GetProperty("task_id").GetString()!) : "";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new { errcode = 0, errmsg = "ok", invaliduser = "", msgid = "msg-1", response_code = code }));
        }
    }

    private static bool IsGoodCard(JsonElement card)
    {
        if (card.GetProperty("task_id").GetString()!.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '@')) || card.GetProperty("card_action").GetProperty("url").GetString()!.Length == 0) return false;
        if (card.GetProperty("card_type").GetString() == "text_notice") return true;
        if (card.GetProperty("card_type").GetString() != "button_interaction" || Bytes(card.GetProperty("main_title"), "title") == 0) return false;
        var buttons = card.GetProperty("button_list").EnumerateArray().ToList();
        return buttons.Count is > 0 and <= 6 && buttons.All(b => Bytes(b, "text") > 0 && (b.TryGetProperty("type", out var kind) && kind.GetInt32() == 1 ? Bytes(b, "url") > 0 : Bytes(b, "key") is > 0 and <= 1024));
    }

    private static async Task WeComCard(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("wecom-card", http) is not { } request) return;
        var body = request.Body;
        if (http.Request.Query["access_token"] != fake.WeCom.Token) await Code(http, fake.WeCom.Token == "expired" ? 42001 : 40014, "access_token expired");
        else if (body.GetProperty("agentid").GetInt64() != fake.WeCom.Agent) await Code(http, 40056, "invalid agentid");
        else if (Bytes(body.GetProperty("button"), "replace_name") == 0) await Code(http, 40058, "invalid Request Parameter");
        else if (fake.WeCom.Spend(body.GetProperty("response_code").GetString()!) is not { } task) await Code(http, 42018, "response_code invalid or used");
        else
        {
            var words = body.GetProperty("button").GetProperty("replace_name").GetString()!;
            foreach (var user in body.GetProperty("userids").EnumerateArray().Select(u => u.GetString()!))
            {
                fake.WeCom.Said[(task, user)] = words;
                fake.WeCom.Changes.Enqueue((task, user, words));
            }
            await http.Response.WriteAsync("{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":[]}");
        }
    }

    private static async Task DingTalk(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("dingtalk", http) is not { } request) return;
        if (http.Request.Query["access_token"] != "ding-token") await Code(http, 300001, "token is not exist");
        else if (fake.DingTalkSign.Length > 0 && DingTalkRefusal(fake, http) is { } refusal) await Code(http, 310000, refusal);
        else if (fake.TooFast("dingtalk", RobotPerMinute)) await Code(http, 130101, "send too fast");
        else if (request.Bytes.Length > 20_000) await Code(http, 460101, "message too long");
        else await Taken(fake, "dingtalk", request.Body, http);
    }

    private static string? DingTalkRefusal(FakeMessengers fake, HttpContext http)
    {
        var timestamp = http.Request.Query["timestamp"].ToString();
        if (!long.TryParse(timestamp, CultureInfo.InvariantCulture, out var at) || Math.Abs(fake.Now().ToUnixTimeMilliseconds() - at) > 3_600_000) return "invalid timestamp";
        var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(fake.DingTalkSign), Encoding.UTF8.GetBytes(timestamp + "\n" + fake.DingTalkSign)));
        return http.Request.Query["sign"] == sign ? null : "sign not match";
    }

    private static async Task Feishu(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("feishu", http) is not { } request) return;
        if (http.Request.RouteValues["hook"] as string != "feishu-hook") await FeishuCode(http, 19001, "param invalid: incoming webhook access token invalid");
        else if (fake.FeishuSign.Length > 0 && !FeishuSigned(fake, request.Body)) await FeishuCode(http, 19021, "sign match fail or timestamp is not within one hour from current time");
        else if (fake.TooFast("feishu", FeishuPerMinute)) await FeishuCode(http, 11232, "frequency limited");
        else if (request.Bytes.Length > 20 * 1024 || !request.Body.TryGetProperty("msg_type", out _)) await FeishuCode(http, 9499, "Bad Request");
        else
        {
            fake.Take("feishu", request.Body, http.Request.Headers);
            await http.Response.WriteAsync("{\"code\":0,\"msg\":\"success\",\"data\":{},\"StatusCode\":0,\"StatusMessage\":\"success\"}");
        }
    }

    private static bool FeishuSigned(FakeMessengers fake, JsonElement body)
    {
        if (!body.TryGetProperty("timestamp", out var stamp) || !body.TryGetProperty("sign", out var sign)) return false;
        var isFresh = long.TryParse(stamp.GetString(), CultureInfo.InvariantCulture, out var at) && Math.Abs(fake.Now().ToUnixTimeSeconds() - at) <= 3600;
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(stamp.GetString() + "\n" + fake.FeishuSign));
        return isFresh && sign.GetString() == Convert.ToBase64String(hmac.ComputeHash([]));
    }

    private static async Task Webhook(FakeMessengers fake, HttpContext http)
    {
        if (await fake.Open("webhook", http) is not { } request) return;
        var timestamp = http.Request.Headers["X-Juming-Timestamp"].ToString();
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. request.Bytes];
        var signature = "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(fake.WebhookSecret), signed));
        var isFresh = long.TryParse(timestamp, CultureInfo.InvariantCulture, out var at) && Math.Abs(fake.Now().ToUnixTimeSeconds() - at) <= 300;
        if (!isFresh || http.Request.Headers["X-Juming-Signature"] != signature)
        {
            http.Response.StatusCode = 401;
            return;
        }
        fake.Take("webhook", request.Body, http.Request.Headers);
        http.Response.StatusCode = 204;
    }

    private static Task Taken(FakeMessengers fake, string provider, JsonElement body, HttpContext http)
    {
        fake.Take(provider, body, http.Request.Headers);
        return http.Response.WriteAsync("{\"errcode\":0,\"errmsg\":\"ok\",\"invaliduser\":\"\",\"msgid\":\"msg-1\"}");
    }

    // Errors come with HTTP 200, as the messengers do it.
    private static Task Code(HttpContext http, int code, string text) => http.Response.WriteAsync(JsonSerializer.Serialize(new { errcode = code, errmsg = text }));

    private static Task FeishuCode(HttpContext http, int code, string text) => http.Response.WriteAsync(JsonSerializer.Serialize(new { code, msg = text, data = new { } }));

    private static int Bytes(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Encoding.UTF8.GetByteCount(value.GetString()!) : 0;
}
