export const api = {
  unreachable: '控制台没有响应。',
  unreachableHint: '请确认 virtdeck 正在运行，并且本设备能够访问它。',
  strangeAnswer: '控制台的响应无法被此页面识别。',
  strangeAnswerHint: '请重新加载页面：它可能比控制台旧。',
  failedWithStatus: '控制台返回了 {status}，没有说明原因。',
  invalidHint: '请更正后重试。',
};
