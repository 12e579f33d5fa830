using System.Text.RegularExpressions;

namespace Juming.Site.DeviceLinkage.SignIn;

/// <summary>Tells from a console's own words what became of a sign-in.</summary>
internal static partial class SignInWords
{
    /// <summary>The code of what a sentence says, or null when it says nothing about a sign-in.</summary>
    public static string? Judge(string text)
    {
        var told = text.Normalize(System.Text.NormalizationForm.FormKC);
        if (Kick().IsMatch(told)) return "session-taken";
        // "Two more attempts, then it is locked" is a refusal, not a lock.
        if (Locked().IsMatch(told) && !Remaining().IsMatch(told)) return "locked";
        var captcha = CaptchaWrong().IsMatch(told);
        var password = PasswordWrong().IsMatch(told);
        // A sentence that names both counts as the worse one: an account is not risked on a doubt.
        if (password) return "wrong-password";
        if (captcha) return "captcha-wrong";
        if (ChangePassword().IsMatch(told)) return "password-change";
        if (CodeWrong().IsMatch(told)) return "code-refused";
        if (Rights().IsMatch(told)) return "no-permission";
        return Licence().IsMatch(told) ? "licence" : null;
    }

    /// <summary>True for a sentence that says that the session is over.</summary>
    public static bool SaysExpired(string text) => Expired().IsMatch(text);

    /// <summary>True for a sentence that says that something did not work and is to be tried again.</summary>
    public static bool SaysFailed(string text) => Failed().IsMatch(text);

    [GeneratedRegex("失败|重试|不正确|错误|fail|again|wrong", RegexOptions.IgnoreCase)]
    private static partial Regex Failed();

    [GeneratedRegex("已(经)?在(其他|别处|其它|另)|已登录.*(是否|强制|踢|继续)|踢(出|掉|下线)|强制(登录|下线)|当前账号已.{0,6}登录|该(用户|账号|帐号)已.{0,8}(登录|在线)|already (logged|signed) ?(in|on)|another (session|user|administrator) (is|has)|(kick|force|take over).{0,30}(session|user|log)", RegexOptions.IgnoreCase)]
    private static partial Regex Kick();

    [GeneratedRegex("(账|帐)号.{0,8}锁定|用户.{0,8}锁定|已(被)?锁定|IP.{0,8}(锁定|禁止登录)|(次数|尝试).{0,6}过多|account (is |has been )?(locked|disabled|suspended)|locked out|too many (failed )?(attempts|logins|tries)", RegexOptions.IgnoreCase)]
    private static partial Regex Locked();

    [GeneratedRegex("还(有|剩|可)|剩余|次机会|再错|次后(将|会)?|后将|将(被)?锁定|remaining|attempts? left|more attempts?|will be locked|before", RegexOptions.IgnoreCase)]
    private static partial Regex Remaining();

    [GeneratedRegex("(验证码|校验码|附加码|图形码|滑块|计算结果).{0,10}(错|不正确|有误|失效|过期|不匹配|失败|不对|无效)|(captcha|verification code|verify code|security code|slider|puzzle).{0,24}(wrong|incorrect|invalid|error|expired|fail|mismatch|does not match)|(wrong|incorrect|invalid) (captcha|verification code|security code)", RegexOptions.IgnoreCase)]
    private static partial Regex CaptchaWrong();

    [GeneratedRegex("(密码|口令).{0,10}(错|不正确|有误|不匹配|无效)|(用户名|账号|帐号|用户).{0,8}(不存在|错误|不正确)|登(录|陆)失败|认证失败|鉴权失败|身份验证失败|(invalid|incorrect|wrong|bad|unknown) (user|password|credential|login|account)|password.{0,20}(incorrect|wrong|invalid|not match)|(authentication|login|sign-?in|logon) (has )?(failed|failure|error)|access denied", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordWrong();

    [GeneratedRegex("(必须|请|需要|强制|首次登录).{0,10}(修改|更改|重置).{0,6}(密码|口令)|(密码|口令).{0,6}(已过期|到期)|(must|required to|need to|please).{0,20}change.{0,20}password|password (has )?expired", RegexOptions.IgnoreCase)]
    private static partial Regex ChangePassword();

    [GeneratedRegex("(动态|令牌|一次性|两步).{0,10}(错|不正确|有误|失效|无效)|(one.?time|otp|totp|token|authenticat\\w+ code).{0,20}(wrong|incorrect|invalid|expired)|(wrong|incorrect|invalid) (one.?time|otp|totp|token|code)", RegexOptions.IgnoreCase)]
    private static partial Regex CodeWrong();

    [GeneratedRegex("无(访问)?权限|没有权限|权限不足|not authori[sz]ed|permission denied|insufficient (rights|privilege)", RegexOptions.IgnoreCase)]
    private static partial Regex Rights();

    [GeneratedRegex("(许可|授权|license).{0,10}(过期|到期|无效|失效|expired|invalid|协议|agreement)", RegexOptions.IgnoreCase)]
    private static partial Regex Licence();

    [GeneratedRegex("会话.{0,8}(过期|超时|失效)|(登录|登陆).{0,6}(超时|过期|失效)|请重新登(录|陆)|session.{0,20}(expired|timed? ?out|invalid)|log ?in again|sign ?in again|not logged in", RegexOptions.IgnoreCase)]
    private static partial Regex Expired();
}
