/** What `create-next-app` sets. */
export default { cacheComponents: true };
