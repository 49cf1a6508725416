/** Says where the agent is. */
export default function Page() {
  return <p>POST a prompt to /api/chat</p>;
}
